// German. Compounds are one word, so most entries are beginnings or endings; the feminine ending is taken off before.
import type { TitleWords } from './title-words.ts'

export const GERMAN_TITLES: TitleWords = {
  seniority: {
    owner: [
      'inhaber, mitinhaber, eigentümer, miteigentümer, gründer, mitgründer, gesellschafter, geschäftsführender gesellschafter',
      'gesellschafter geschäftsführer, unternehmer, selbstständig, selbständig, freiberufler, einzelunternehmer, firmeninhaber',
      '*inhaber, geschäftsinhaber, betriebsinhaber',
    ],
    c_level: [
      'geschäftsführer, geschäftsführung, geschäftsleiter, geschäftsleitung, mitglied der geschäftsleitung, vorstand, gf',
      'mitglied der geschäftsführung, vorstandsvorsitzender, vorstandsvorsitzende, vorstandsmitglied, mitglied des vorstands',
      'aufsichtsrat, aufsichtsratsvorsitzender, generaldirektor, präsident, vorsitzender, vorsitzende, co geschäftsführer',
      '*geschäftsführer, *vorstand, finanzvorstand, intendant',
    ],
    vp: ['vizepräsident'],
    head: [
      'leiter, leitung, leitender, leitende, bereichsleiter, bereichsleitung, abteilungsleiter, abteilungsleitung, hauptabteilungsleiter',
      'werksleiter, werkleiter, betriebsleiter, niederlassungsleiter, standortleiter, filialleiter, marktleiter, schulleiter',
      'ressortleiter, *leiter, *leitung, *chef, rektor, chefarzt, kanzler, amtsleiter',
    ],
    director: ['direktor, *direktor, prokurist, prokura, handlungsbevollmächtigter'],
    manager: [
      'teamleiter, teamleitung, gruppenleiter, gruppenleitung, projektleiter, projektleitung, schichtleiter, bauleiter, meister',
      'produktmanager, projektmanager, *manager, koordinator, *koordinator, *koordination, vorarbeiter, schichtführer, polier',
      'werkmeister, *meister, bürgermeister, disponent, teamkoordinator',
    ],
    senior: ['experte, *experte, architekt, *architekt, oberarzt, professor, erfahrener'],
    specialist: [
      'mitarbeiter, *mitarbeiter, sachbearbeiter, *sachbearbeiter, referent, *referent, fachkraft, *fachkraft, berater, *berater',
      'entwickler, *entwickler, ingenieur, *ingenieur, techniker, *techniker, kaufmann, kauffrau, *kaufmann, *kauffrau, *verkäufer',
      'verkäufer, vertriebler, buchhalter, *buchhalter, einkäufer, *einkäufer, assistent, *assistent, assistenz, sekretär, *beauftragter',
      'beauftragter, *beauftragte, spezialist, *spezialist, redakteur, *redakteur, designer, gestalter, *gestalter, anwalt, *anwalt',
      'lehrer, *lehrer, arzt, *arzt, ärztin, pfleger, *pfleger, krankenschwester, apotheker, steuerberater, wirtschaftsprüfer',
      'controller, personaler, programmierer, administrator, *administrator, mechaniker, *mechaniker, mechatroniker, elektriker',
      'fahrer, *fahrer, lagerist, fachinformatiker, informatiker, *informatiker, makler, *makler, notar, jurist, *jurist, dozent',
      'wissenschaftlicher mitarbeiter, betreuer, *betreuer, trainer, planer, *planer, angestellter, angestellte, handwerker, tischler',
      'außendienst, innendienst, rechtspfleger, erzieher, physiotherapeut, psychologe, makler, landwirt, konstrukteur, zeichner',
    ],
    junior: ['berufseinsteiger, nachwuchskraft'],
    intern: [
      'praktikant, *praktikant, praktikum, werkstudent, *werkstudent, azubi, auszubildender, auszubildende, lehrling, student',
      'studentische hilfskraft, volontär, referendar, schüler, dualer student, ausbildung, doktorand, bufdi',
    ],
  },
  department: {
    executive: [
      'geschäftsführer, geschäftsführung, geschäftsleiter, geschäftsleitung, vorstand, vorstands*, generaldirektor, gf',
      'geschäftsführender, geschäftsführende, *geschäftsführer',
    ],
    sales: [
      'vertrieb, vertriebs*, verkauf, verkaufs*, verkäufer, *verkäufer, vertriebler, außendienst, außendienst*, innendienst',
      'key account, kundenbetreuer, handelsvertreter, gebietsleiter, gebietsverkaufsleiter, *vertrieb, immobilienmakler, filialleiter',
      'einzelhandel*, *verkauf, marktleiter, angebots*',
    ],
    marketing: [
      'marketing, marketing*, werbung, werbe*, kommunikation, kommunikations*, presse, presse*, öffentlichkeitsarbeit, redakteur',
      'unternehmenskommunikation, mediengestalter, medien*, *marketing, redaktion, online marketing, marken*',
    ],
    product: ['produktmanager, produktmanagement, produktverantwortlicher, produktleiter, produktentwickl*'],
    design: ['gestalter, *gestalter, grafik*, grafiker, innenarchitekt, mediendesigner, produktdesign*'],
    engineering: [
      'entwicklung, entwicklungs*, entwickler, *entwickler, software*, ingenieur, *ingenieur, technik, technischer, technische',
      'technologie, konstruktion, konstruktions*, konstrukteur, programmierer, prüf*, test*, daten*, bauleiter, *techniker, anwendungs*',
    ],
    it: [
      'edv, edv*, informatik, informatiker, fachinformatiker, system*, systemadministrator, netzwerk*, informationstechnik',
      'wirtschaftsinformatiker, informationssicherheit, rechenzentrum, digitalisierung, digitalisierungs*',
    ],
    research: ['forschung, forschungs*, fe, forschung und entwicklung, wissenschaftl*, labor, labor*, innovations*'],
    operations: [
      'betrieb, betriebs*, projektleiter, projektleitung, projektmanager, projektmanagement, qualität, qualitäts*, prozess*',
      'facility, gebäude*, hausmeister, arbeitssicherheit, sicherheitsfachkraft, bauleiter, bauleitung, immobilien*, umwelt*, nachhaltigkeit*, projekt*',
      'organisation, organisations*, instandhaltung, instandhaltungs*',
    ],
    manufacturing: [
      'produktion, produktions*, fertigung, fertigungs*, werksleiter, werkleiter, werkmeister, werkzeug*, montage, montage*, meister, schicht*, *mechaniker',
    ],
    logistics: [
      'logistik, logistik*, lager, lager*, versand, versand*, disponent, disposition, spedition*, transport*, fuhrpark*, fahrer',
    ],
    procurement: ['einkauf, einkaufs*, einkäufer, *einkäufer, beschaffung, beschaffungs*, materialwirtschaft'],
    finance: [
      'finanz*, finanzen, steuerberater, buchhaltung, buchhalter, *buchhalter, *buchhaltung, rechnungswesen, controlling, controller, steuer*',
      'bilanz*, kaufmännischer, kaufmännische, wirtschaftsprüf*, revision, treasury, lohn*, kredit*, bank*, versicherung*, risiko*',
    ],
    hr: [
      'personal, personal*, personaler, recruiting, ausbildung, ausbildungs*, personalwesen, *personal, lohnbuchhalter',
    ],
    legal: [
      'recht, rechts*, jurist, *jurist, anwalt, *anwalt, justiziar, justitiar, datenschutz, datenschutz*, notar, syndikus, compliance*',
    ],
    support: [
      'kundenservice, kundendienst, kunden*, kundenbetreuung, service*, servicetechniker, *kundendienst, *service',
    ],
    consulting: ['berater, *berater, beratung, *beratung, unternehmensberat*'],
    administration: [
      'verwaltung, verwaltungs*, sekretariat, sekretär, sekretärin, assistenz, assistent, *assistent, *assistenz, büro, büro*',
      'empfang, empfangs*, sachbearbeiter, teamassistenz, rezeption*',
    ],
    education: [
      'lehrer, *lehrer, dozent, schulleiter, erzieher, pädagog*, schulung, schulungs*, bildung*, weiterbildung*, hochschul*',
    ],
    healthcare: [
      'arzt, *arzt, ärztin, *ärztin, pflege, pflege*, krankenschwester, apotheker, praxis*, klinik*, medizin*, therapeut, *therapeut',
    ],
  },
}
