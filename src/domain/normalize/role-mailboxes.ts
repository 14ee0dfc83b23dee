// Mailboxes of a function rather than a person (RFC 2142 and the habits of many countries). Several people
// read them, so such an address says little about who a lead is.
import { toWordSet } from './word-list.ts'

/** Local parts, folded and without dots, hyphens and underscores. */
export const ROLE_MAILBOXES = toWordSet(
  // English and technical
  'info, information, infos, mail, email, contact, contacts, contactus, hello, hi, hey, office, admin, administrator',
  'administration, webmaster, postmaster, hostmaster, root, sysadmin, abuse, security, noc, support, help, helpdesk',
  'servicedesk, service, services, customerservice, care, customercare, customersupport, sales, salesteam, presales',
  'marketing, press, media, pr, news, newsletter, billing, invoice, invoices, accounting, accounts, accountspayable',
  'finance, orders, order, purchasing, procurement, shop, store, hr, jobs, job, careers, career, recruiting',
  'recruitment, team, staff, all, everyone, reception, frontdesk, booking, bookings, reservation, reservations',
  'events, enquiries, enquiry, inquiry, inquiries, feedback, legal, privacy, gdpr, dpo, compliance, partners',
  'partner, it, itsupport, tech, dev, web, www, noreply, donotreply, mailerdaemon, test, logistics, shipping',
  'management, secretary, school, subscribe, unsubscribe',
  // German
  'kontakt, buero, buro, vertrieb, verkauf, einkauf, buchhaltung, rechnung, rechnungen, bestellung, bestellungen',
  'anfrage, anfragen, kundenservice, kundendienst, zentrale, sekretariat, empfang, bewerbung, bewerbungen, karriere',
  'personal, verwaltung, geschaeftsfuehrung, presse, hilfe, datenschutz, poststelle, praxis, kanzlei, werkstatt',
  'rezeption, reservierung, post',
  // French
  'contactez, accueil, bonjour, commercial, vente, ventes, achats, comptabilite, facturation, facture, commande',
  'commandes, direction, secretaria, secretariat, serviceclient, rh, recrutement, emploi, communication, assistance',
  'boutique, mairie, renseignements, devis, agence',
  // Spanish and Portuguese
  'contacto, hola, oficina, ventas, compras, contabilidad, facturacion, facturas, pedidos, soporte, ayuda',
  'atencionalcliente, recepcion, reservas, administracion, gerencia, empleo, rrhh, prensa, tienda, contato, ola',
  'vendas, comercial, financeiro, faturamento, suporte, atendimento, sac, ajuda, geral, escritorio, imprensa, loja',
  // Italian, Dutch, Nordic, Polish, Czech, Turkish, Russian and Indonesian in Latin letters
  'contatti, contatto, vendite, acquisti, amministrazione, fatturazione, ordini, segreteria, ufficio, assistenza',
  'direzione, commerciale, preventivi, prenotazioni, verkoop, inkoop, administratie, klantenservice, facturen',
  'receptie, vacatures, forsaljning, kundtjanst, ekonomi, faktura, salg, kundeservice, post, firmapost, myynti',
  'asiakaspalvelu, toimisto, laskutus, biuro, sprzedaz, handlowy, sekretariat, ksiegowosc, zamowienia, reklamacje',
  'obchod, prodej, objednavky, podpora, iletisim, bilgi, satis, destek, muhasebe, ik, zakaz, prodazhi, penjualan',
  'layanan',
)
