/** Made-up people and their companies. The person of a seed and a number is always the same one. */
import { COUNTRY_WEIGHTS, type Country, PLACES, type Place } from './places.ts'
import { createRandom, type Random } from './random.ts'

export interface Company {
  name: string
  /** Of the reserved top-level domain `test`: no mail ever arrives anywhere. */
  domain: string
  industry: string
  size: number
}

export interface Person {
  country: Country
  first_name: string
  last_name: string
  email: string
  phone: string | null
  job_title: string
  company: Company
  city: string
  region: string
  postal_code: string
  language: string
}

/** People of one company, on average: a lead rarely comes alone. */
const PEOPLE_PER_COMPANY = 3
/** The rest writes from an address of a mail provider; example.org and its sisters stand in for those. */
const WITH_COMPANY_ADDRESS = 0.72
const WITH_PHONE = 0.55

const INDUSTRIES: Record<string, readonly string[]> = {
  Software: ['Software', 'Systems', 'Cloud', 'Digital', 'Data', 'Apps'],
  Manufacturing: ['Works', 'Metal', 'Machines', 'Tools', 'Components'],
  Logistics: ['Logistics', 'Freight', 'Cargo', 'Transport'],
  Retail: ['Market', 'Stores', 'Trading', 'Goods'],
  Healthcare: ['Health', 'Care', 'Medical', 'Labs'],
  Finance: ['Capital', 'Finance', 'Insurance', 'Partners'],
  Energy: ['Energy', 'Solar', 'Power', 'Grid'],
  Consulting: ['Consulting', 'Advisory', 'Studio', 'Group'],
  Education: ['Academy', 'Learning', 'Institute'],
  Fashion: ['Shoes', 'Fashion', 'Textiles', 'Apparel'],
}
const COMPANY_NAMES =
  'Alder Amber Anchor Aster Atlas Aurora Basalt Beacon Birch Boreal Bramble Breeze Canyon Cedar Cinder Clover Cobalt Copper Coral Crescent Delta Drift Eagle Ember Falcon Fern Flint Fjord Forest Garnet Glacier Granite Hawthorn Hazel Horizon Indigo Iris Ivory Juniper Kestrel Lagoon Lantern Larch Linden Lotus Lumen Magnet Maple Meadow Meridian Mistral Moss Nectar Nimbus Nordic Northwind Ocean Onyx Opal Orbit Orchard Osprey Pebble Pioneer Polar Prairie Prism Quarry Quartz Raven Ridge River Rowan Sable Sage Sequoia Sierra Slate Solstice Spruce Sterling Summit Tempest Terra Thistle Tidal Timber Topaz Tundra Umber Vega Verdant Vertex Violet Walnut Willow Zenith Zephyr'.split(
    ' ',
  )

/** Who fills in forms, and how often; buyers are few, users many. */
const JOB_TITLES = {
  'Chief Executive Officer': 4,
  'Managing Director': 5,
  'VP Marketing': 5,
  'VP Sales': 4,
  'Head of Sales': 6,
  'Head of Marketing': 7,
  'Head of IT': 5,
  'Marketing Manager': 14,
  'Sales Manager': 9,
  'Operations Manager': 8,
  'Product Manager': 6,
  'IT Administrator': 6,
  'Software Engineer': 6,
  'Procurement Specialist': 5,
  'Business Analyst': 5,
  Consultant: 3,
  Student: 2,
} as const

/** The person of a number. */
export function makePerson(seed: string, i: number, people: number): Person {
  const random = createRandom(`${seed}/person/${i}`)
  const companyNumber = random.whole(0, Math.max(0, Math.ceil(people / PEOPLE_PER_COMPANY) - 1))
  const { company, country } = makeCompany(seed, companyNumber)
  const place: Place = PLACES[country]
  const first_name = random.pick(place.first_names)
  const last_name = random.pick(place.last_names)
  const [city, region, postal] = random.pick(place.towns)
  return {
    country,
    first_name,
    last_name,
    email: emailOf(random, first_name, last_name, company, i),
    phone: phoneOf(random, place, i),
    job_title: random.weighted(JOB_TITLES),
    company,
    city,
    region,
    postal_code: postal.replaceAll('#', () => String(random.whole(0, 9))),
    language: place.language,
  }
}

/** The company of a number, with the country where all its people are. */
function makeCompany(seed: string, i: number): { company: Company; country: Country } {
  const random = createRandom(`${seed}/company/${i}`)
  const country = random.weighted(COUNTRY_WEIGHTS)
  const industry = random.pick(Object.keys(INDUSTRIES))
  const core = `${random.pick(COMPANY_NAMES)} ${random.pick(INDUSTRIES[industry] ?? [])}`
  const name = `${core} ${random.pick(PLACES[country].legal_forms)}`
  // The number keeps the domains of two companies of one name apart.
  const domain = `${slug(core)}-${i.toString(36)}.test`
  return { company: { name, domain, industry, size: Math.round(10 ** (0.7 + random.next() * 3)) }, country }
}

function emailOf(random: Random, first: string, last: string, company: Company, i: number): string {
  const name = `${slug(first)}.${slug(last)}`
  if (random.chance(WITH_COMPANY_ADDRESS)) return `${name}@${company.domain}`
  return `${name}${i}@${random.pick(['example.org', 'example.net', 'example.com'])}`
}

/** Each number is given once: an equal number would make two people one. */
function phoneOf(random: Random, place: Place, i: number): string | null {
  if (place.phone === undefined || i >= place.phone.count || !random.chance(WITH_PHONE)) return null
  return place.phone.number(i)
}

/** Latin letters and digits of a text, words joined by hyphens. */
export function slug(text: string): string {
  const plain = text.replaceAll('ß', 'ss').replaceAll('ı', 'i').normalize('NFD')
  return plain
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, (gap) => (/[\s&]/.test(gap) ? '-' : ''))
    .replace(/^-+|-+$/g, '')
}
