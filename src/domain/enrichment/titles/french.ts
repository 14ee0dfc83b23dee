// French. Feminine forms that only add an e, and -trice and -euse, are recognized without being listed.
import type { TitleWords } from './title-words.ts'

export const FRENCH_TITLES: TitleWords = {
  seniority: {
    owner: [
      'fondateur, cofondateur, co fondateur, gérant, co gérant, propriétaire, dirigeant, chef d entreprise, associé gérant, associé',
      'entrepreneur, auto entrepreneur, indépendant, artisan, patron, actionnaire, associé fondateur',
    ],
    c_level: [
      'pdg, p d g, dg, dga, président, président directeur général, directeur général, directeur générale, directeur général adjoint, directeur général délégué',
      'administrateur délégué, membre du comité de direction, membre du directoire, président du directoire, direction générale',
      'secrétaire général',
    ],
    vp: ['vice président'],
    head: ['responsable de pôle, chef de département, chef de division, directeur de département, proviseur, doyen'],
    director: [
      'directeur, sous directeur, directeur adjoint, drh, daf, dsi, rssi, dircom, directeur d agence, directeur de site, direction',
      'directeur artistique, direction commerciale, direction marketing, directeur technique',
    ],
    manager: [
      'responsable, chef, cheffe, chef de projet, chef de produit, chef des ventes, chef d équipe, chef de service, chef de secteur, encadrant',
      'coordinateur, superviseur, contremaître, conducteur de travaux, chef de chantier, raf, gestionnaire de projet, animateur',
    ],
    senior: ['expert, confirmé, référent, architecte, ingénieur principal, professeur'],
    specialist: [
      'chargé, ingénieur, développeur, technicien, commercial, attaché, vendeur, comptable, consultant, conseiller, analyste, acheteur',
      'juriste, avocat, secrétaire, assistant, employé, agent, gestionnaire, rédacteur, graphiste, formateur, enseignant, médecin',
      'infirmier, pharmacien, recruteur, informaticien, opérateur, ouvrier, chercheur, technico commercial, notaire, collaborateur',
      'délégué, négociateur, courtier, traducteur, journaliste, contrôleur de gestion, auditeur, dessinateur, mécanicien, concepteur',
      'hôte d accueil, hôtesse d accueil, caissier, conducteur, chauffeur, magasinier, aide soignant, kinésithérapeute, éducateur',
    ],
    junior: ['débutant'],
    intern: ['stagiaire, alternant, apprenti, étudiant, en alternance, stage, doctorant, élève'],
  },
  department: {
    executive: [
      'pdg, dg, président, directeur général, directeur générale, direction générale, directeur général adjoint, comité de direction',
    ],
    sales: [
      'commercial, commerciale, commerciaux, vente, ventes, vendeur, technico commercial, développement commercial, grands comptes',
      'attaché commercial, chargé d affaires, ingénieur d affaires, ingénieur commercial, conseiller commercial, chef de secteur',
      'négociateur, agent immobilier, magasin, compte clé, comptes clés',
    ],
    marketing: [
      'marketing, communication, dircom, publicité, marque, relations presse, relations publiques, événementiel, chef de produit marketing',
      'rédacteur, contenu, digital, numérique, acquisition, médias, community manager',
    ],
    product: ['produit, produits, chef de produit'],
    design: ['graphiste, design, dessinateur, infographiste, directeur artistique, création'],
    engineering: [
      'ingénieur, ingénierie, développeur, développement, technique, technologies, logiciel, logiciels, études, concepteur, essais',
      'données, bureau d études, architecte',
    ],
    it: [
      'informatique, informaticien, dsi, rssi, systèmes d information, système d information, systèmes, réseaux, réseau, infogérance',
    ],
    research: ['recherche, chercheur, recherche et développement, laboratoire, r et d, innovation'],
    operations: [
      'exploitation, opérations, qualité, qhse, qse, projet, projets, conducteur de travaux, travaux, chantier, sécurité, immobilier',
      'services généraux, maintenance, processus, environnement, rse',
    ],
    manufacturing: ['production, usine, atelier, fabrication, industriel, industrielle, ouvrier, montage, méthodes'],
    logistics: [
      'logistique, entrepôt, transport, transports, expédition, magasinier, approvisionnement, approvisionnements, chauffeur',
    ],
    procurement: ['achats, achat, acheteur'],
    finance: [
      'finance, finances, financier, financière, comptable, comptabilité, daf, raf, contrôle de gestion, contrôleur de gestion',
      'trésorerie, trésorier, fiscal, fiscalité, paie, banque, assurance, assurances, auditeur, patrimoine',
    ],
    hr: ['rh, drh, ressources humaines, recrutement, recruteur, personnel, chargé de recrutement, talents, paie et rh'],
    legal: ['juridique, juriste, avocat, notaire, conformité, protection des données, droit'],
    support: [
      'clientèle, service client, relation client, support, sav, service après vente, clients, client, expérience client',
    ],
    consulting: ['consultant, conseil, conseiller'],
    administration: [
      'administratif, administrative, secrétaire, secrétariat, assistant, accueil, assistante de direction, assistant de direction, hôte d accueil, hôtesse',
    ],
    education: ['enseignant, professeur, formateur, formation, pédagogique, école, éducation, éducateur'],
    healthcare: [
      'médecin, infirmier, pharmacien, médical, médicale, santé, soins, aide soignant, kinésithérapeute, chirurgien',
    ],
  },
}
