/** Names, towns and telephone numbers of the countries that sample people come from. */

export interface Place {
  /** How many of a hundred people. */
  weight: number
  language: string
  time_zone: string
  first_names: readonly string[]
  last_names: readonly string[]
  /** Town, region, postal code with # for digits. */
  towns: readonly (readonly [string, string, string])[]
  legal_forms: readonly string[]
  /** Number `i` of those that the regulator keeps free for fiction, so that nobody is ever called; none where there are none. */
  phone?: { count: number; number(i: number): string }
}

const words = (text: string) => text.split(' ')
const digits = (i: number, length: number) => String(i).padStart(length, '0')

/** Numbers that begin with one of the prefixes and end with `length` free digits. */
function phones(prefixes: readonly string[], length: number, first = 0) {
  const each = 10 ** length - first
  return {
    count: prefixes.length * each,
    number: (i: number) => `${prefixes[i % prefixes.length]}${digits(first + Math.floor(i / prefixes.length), length)}`,
  }
}

/** NANP keeps 555-0100 to 555-0199 of every area free. */
const US_AREAS = words(
  '201 213 234 262 305 317 337 404 415 469 507 520 570 605 617 646 703 717 754 781 810 831 859 906 917 941 973',
)

export const PLACES = {
  US: {
    weight: 30,
    language: 'en-US',
    time_zone: 'America/New_York',
    first_names: words(
      'James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica Thomas Sarah Chris Karen Daniel Lisa Matthew Nancy Anthony Sandra Mark Ashley Emily Kevin Aisha Diego Mei Priya Omar Grace',
    ),
    last_names: words(
      "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Nguyen Hill Green Adams O'Brien Patel Chen",
    ),
    towns: [
      ['New York', 'NY', '100##'],
      ['Chicago', 'IL', '606##'],
      ['Austin', 'TX', '787##'],
      ['Seattle', 'WA', '981##'],
      ['Denver', 'CO', '802##'],
      ['Boston', 'MA', '021##'],
    ],
    legal_forms: ['Inc.', 'LLC', 'Corp.'],
    phone: phones(
      US_AREAS.map((area) => `(${area}) 555-01`),
      2,
    ),
  },
  GB: {
    weight: 15,
    language: 'en-GB',
    time_zone: 'Europe/London',
    first_names: words(
      'Oliver Olivia George Amelia Harry Isla Noah Ava Jack Emily Leo Sophie Oscar Grace Charlie Lily Freya Arthur Muhammad Rosie Alfie Poppy Henry Ella Archie Siobhan Rhys Imogen Callum Zara',
    ),
    last_names: words(
      'Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts Green Hall Wood Jackson Clarke Hughes Edwards Khan Singh Campbell MacDonald Stewart Bennett Carter Ahmed',
    ),
    towns: [
      ['London', 'England', 'EC#A #BT'],
      ['Manchester', 'England', 'M# #FR'],
      ['Leeds', 'England', 'LS# #AB'],
      ['Bristol', 'England', 'BS# #TH'],
      ['Edinburgh', 'Scotland', 'EH# #NG'],
      ['Cardiff', 'Wales', 'CF## #QP'],
    ],
    legal_forms: ['Ltd', 'plc', 'LLP'],
    phone: phones(
      words('0113496 0114496 0115496 0116496 0117496 0121496 0131496 0141496 0151496 0161496 0207946 0191498').map(
        (prefix) => `${prefix.slice(0, 4)} ${prefix.slice(4)} 0`,
      ),
      3,
    ),
  },
  DE: {
    weight: 17,
    language: 'de-DE',
    time_zone: 'Europe/Berlin',
    first_names: words(
      'Anna Lukas Marie Felix Sophie Maximilian Lena Paul Laura Leon Julia Jonas Katharina Tim Lea Jan Sabine Thomas Claudia Stefan Jürgen Ayşe Mehmet Birgit Wolfgang Heike Günther Antje Sebastian Franziska',
    ),
    last_names: words(
      'Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Yılmaz Kaya',
    ),
    towns: [
      ['Berlin', 'Berlin', '10###'],
      ['Hamburg', 'Hamburg', '20###'],
      ['München', 'Bayern', '80###'],
      ['Köln', 'Nordrhein-Westfalen', '50###'],
      ['Frankfurt am Main', 'Hessen', '60###'],
      ['Leipzig', 'Sachsen', '04###'],
    ],
    legal_forms: ['GmbH', 'AG', 'GmbH & Co. KG', 'KG'],
    phone: phones(['030 23125', '069 90009', '040 66969', '0221 4710', '089 99998'], 3),
  },
  FR: {
    weight: 12,
    language: 'fr-FR',
    time_zone: 'Europe/Paris',
    first_names: words(
      'Camille Léa Lucas Hugo Chloé Manon Louis Emma Jules Inès Gabriel Alice Raphaël Zoé Arthur Jeanne Nathan Sarah Théo Juliette Antoine Élodie Mathieu Amélie Benoît Hélène Karim Yasmine',
    ),
    last_names: words(
      'Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre Michel Garcia David Bertrand Roux Vincent Fournier Morel Girard André Mercier Dupont Lambert Bonnet François Benali Nguyen',
    ),
    towns: [
      ['Paris', 'Île-de-France', '750##'],
      ['Lyon', 'Auvergne-Rhône-Alpes', '690##'],
      ['Marseille', "Provence-Alpes-Côte d'Azur", '130##'],
      ['Toulouse', 'Occitanie', '310##'],
      ['Nantes', 'Pays de la Loire', '440##'],
    ],
    legal_forms: ['SAS', 'SARL', 'SA'],
    phone: phones(['01 99 00 ', '02 61 91 ', '03 53 01 ', '04 65 71 ', '05 36 49 ', '06 39 98 '], 4),
  },
  NL: {
    weight: 6,
    language: 'nl-NL',
    time_zone: 'Europe/Amsterdam',
    first_names: words(
      'Daan Emma Sem Julia Lucas Mila Levi Tess Finn Sophie Bram Anna Milan Zoë Jesse Lotte Thijs Sanne Pieter Fatima',
    ),
    last_names: [
      'de Jong',
      'Jansen',
      'de Vries',
      'van den Berg',
      'van Dijk',
      'Bakker',
      'Janssen',
      'Visser',
      'Smit',
      'Meijer',
      'de Boer',
      'Mulder',
      'de Groot',
      'Bos',
      'Vos',
      'Peters',
      'Hendriks',
      'van Leeuwen',
      'Dekker',
      'El Amrani',
    ],
    towns: [
      ['Amsterdam', 'Noord-Holland', '10## AB'],
      ['Rotterdam', 'Zuid-Holland', '30## KL'],
      ['Utrecht', 'Utrecht', '35## RS'],
    ],
    legal_forms: ['B.V.', 'N.V.'],
  },
  ES: {
    weight: 6,
    language: 'es-ES',
    time_zone: 'Europe/Madrid',
    first_names: words(
      'Lucía Hugo Sofía Martín Martina Lucas María Mateo Julia Leo Paula Daniel Valeria Alejandro Carmen Pablo Elena Javier Ángela Íñigo',
    ),
    last_names: [
      'García López',
      'Martínez Ruiz',
      'González',
      'Rodríguez',
      'Fernández',
      'López',
      'Sánchez',
      'Pérez',
      'Gómez',
      'Martín',
      'Jiménez',
      'Hernández',
      'Díaz',
      'Moreno',
      'Álvarez',
      'Muñoz',
      'Romero',
      'Gutiérrez',
      'Navarro',
      'Domínguez',
    ],
    towns: [
      ['Madrid', 'Madrid', '280##'],
      ['Barcelona', 'Cataluña', '080##'],
      ['Valencia', 'Comunitat Valenciana', '460##'],
    ],
    legal_forms: ['S.L.', 'S.A.'],
  },
  IT: {
    weight: 5,
    language: 'it-IT',
    time_zone: 'Europe/Rome',
    first_names: words(
      'Leonardo Sofia Francesco Giulia Alessandro Aurora Lorenzo Alice Mattia Ginevra Andrea Emma Gabriele Giorgia Riccardo Beatrice Tommaso Chiara Niccolò Martina',
    ),
    last_names: [
      'Rossi',
      'Russo',
      'Ferrari',
      'Esposito',
      'Bianchi',
      'Romano',
      'Colombo',
      'Ricci',
      'Marino',
      'Greco',
      'Bruno',
      'Gallo',
      'Conti',
      'De Luca',
      'Mancini',
      'Costa',
      'Giordano',
      'Rizzo',
      'Lombardi',
      "D'Angelo",
    ],
    towns: [
      ['Milano', 'Lombardia', '201##'],
      ['Roma', 'Lazio', '001##'],
      ['Torino', 'Piemonte', '101##'],
    ],
    legal_forms: ['S.r.l.', 'S.p.A.'],
  },
  SE: {
    weight: 4,
    language: 'sv-SE',
    time_zone: 'Europe/Stockholm',
    first_names: words(
      'Alice William Maja Liam Elsa Noah Astrid Hugo Wilma Lucas Freja Oliver Ebba Axel Saga Elias Åsa Göran Björn Linnéa',
    ),
    last_names: words(
      'Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson Jonsson Jansson Hansson Bengtsson Lindberg Jönsson Öberg Sjöström Nyström',
    ),
    towns: [
      ['Stockholm', 'Stockholms län', '11# ##'],
      ['Göteborg', 'Västra Götalands län', '41# ##'],
      ['Malmö', 'Skåne län', '21# ##'],
    ],
    legal_forms: ['AB'],
    phone: phones(['08-465 004 ', '031-390 06 ', '040-628 04 ', '070-174 06 '], 2),
  },
  AU: {
    weight: 5,
    language: 'en-AU',
    time_zone: 'Australia/Sydney',
    first_names: words(
      'Charlotte Oliver Isla Noah Olivia Leo Ava William Mia Henry Grace Theodore Willow Lucas Matilda Jack Ruby Hudson Evie Lachlan',
    ),
    last_names: words(
      'Smith Jones Williams Brown Wilson Taylor Johnson White Martin Anderson Thompson Nguyen Thomas Walker Harris Lee Ryan Robinson Kelly King',
    ),
    towns: [
      ['Sydney', 'NSW', '20##'],
      ['Melbourne', 'VIC', '30##'],
      ['Brisbane', 'QLD', '40##'],
    ],
    legal_forms: ['Pty Ltd'],
    phone: phones(['02 5550 ', '02 7010 ', '03 5550 ', '03 7010 ', '07 5550 ', '08 5550 '], 4),
  },
} as const satisfies Record<string, Place>

export type Country = keyof typeof PLACES

/** How many people come from each country. */
export const COUNTRY_WEIGHTS = Object.fromEntries(
  Object.entries(PLACES).map(([country, { weight }]) => [country, weight]),
) as Record<Country, number>
