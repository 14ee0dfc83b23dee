/** How people come to a website, what they ask for there, and when. */
import type { PartialDefinition } from '../../domain/form.ts'
import type { SubmissionContext, SubmissionPayload } from '../../domain/submission.ts'
import type { Person } from './people.ts'
import type { Random } from './random.ts'

/** Channels by how many of a hundred visits they bring. */
const CHANNELS = {
  search_ads: 22,
  organic: 24,
  social_ads: 14,
  newsletter: 10,
  webinar: 7,
  partner: 8,
  direct: 15,
} as const

const CAMPAIGNS = ['spring-launch', 'cut-costs', 'compare-us', 'q4-push', 'field-guide']

const USER_AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
]
const SITE = 'https://www.acme.test'

/** What a browser tells beside the fields. */
export function makeContext(random: Random, language: string, formKey: string): SubmissionContext {
  const { attribution, referrer } = cameBy(random)
  const query = new URLSearchParams(attribution).toString()
  return {
    // RFC 3849 keeps 2001:db8::/32 for examples.
    ip_prefix: `2001:db8:${random.whole(1, 65_535).toString(16)}::/48`,
    user_agent: random.pick(USER_AGENTS),
    origin: SITE,
    page_url: `${SITE}/${formKey.replace('sample-', '')}${query === '' ? '' : `?${query}`}`,
    language,
    visitor_id: `visitor-${random.whole(0, 2 ** 31).toString(36)}`,
    ...(referrer !== null && { referrer }),
    ...(Object.keys(attribution).length > 0 && { attribution }),
  }
}

function cameBy(random: Random): { attribution: Record<string, string>; referrer: string | null } {
  const utm = (utm_source: string, utm_medium: string) => ({
    utm_source,
    utm_medium,
    utm_campaign: random.pick(CAMPAIGNS),
  })
  const clickId = () => random.whole(0, 2 ** 31).toString(36)
  switch (random.weighted(CHANNELS)) {
    case 'search_ads':
      return { attribution: { ...utm('google', 'cpc'), gclid: clickId() }, referrer: 'https://www.google.com/' }
    case 'organic':
      return {
        attribution: {},
        referrer: random.pick(['https://www.google.com/', 'https://www.bing.com/', 'https://duckduckgo.com/']),
      }
    case 'social_ads':
      return random.chance(0.6)
        ? { attribution: utm('linkedin', 'paid-social'), referrer: 'https://www.linkedin.com/' }
        : { attribution: { ...utm('facebook', 'paid-social'), fbclid: clickId() }, referrer: 'https://l.facebook.com/' }
    case 'newsletter':
      return { attribution: utm('newsletter', 'email'), referrer: null }
    case 'webinar':
      return { attribution: utm('webinar', 'event'), referrer: null }
    case 'partner':
      return { attribution: utm('partner', 'referral'), referrer: 'https://partner.test/' }
    case 'direct':
      return { attribution: {}, referrer: null }
  }
}

const text = (name: string, label: string, maps_to = name) => ({ name, type: 'text' as const, label, maps_to })
const email = { name: 'email', type: 'email' as const, label: 'E-mail', maps_to: 'email', required: true }
const message = { name: 'message', type: 'textarea' as const, label: 'Message', maps_to: 'custom_fields.message' }
const name = text('full_name', 'Name')
const company = text('company_name', 'Company')

const INTERESTS = ['CRM', 'Lead routing', 'Reporting', 'Integrations', 'Shoes', 'Something else']
const TEAM_SIZES = ['1-10', '11-50', '51-200', '201-1000', '1000+']
const choice = (options: readonly string[]) => options.map((value) => ({ value, label: value }))

/** Forms of the made-up website, and how many of a hundred submissions each gets. */
export const SAMPLE_FORMS: Record<string, { weight: number; definition: PartialDefinition }> = {
  'sample-contact': {
    weight: 34,
    definition: {
      title: 'Contact sales',
      fields: [
        name,
        email,
        { name: 'phone', type: 'phone', label: 'Phone', maps_to: 'phone' },
        company,
        text('job_title', 'Job title'),
        text('country', 'Country'),
        {
          name: 'interest',
          type: 'select',
          label: 'Interest',
          maps_to: 'custom_fields.interest',
          options: choice(INTERESTS),
        },
        message,
      ],
    },
  },
  'sample-demo': {
    weight: 22,
    definition: {
      title: 'Book a demo',
      fields: [
        name,
        email,
        { name: 'phone', type: 'phone', label: 'Phone', maps_to: 'phone' },
        company,
        text('job_title', 'Job title'),
        text('country', 'Country'),
        text('city', 'City'),
        {
          name: 'team_size',
          type: 'select',
          label: 'Team',
          maps_to: 'custom_fields.team_size',
          options: choice(TEAM_SIZES),
        },
      ],
    },
  },
  'sample-guide': {
    weight: 26,
    definition: { title: "Download the buyer's guide", fields: [name, email, company, text('job_title', 'Job title')] },
  },
  'sample-newsletter': { weight: 18, definition: { title: 'Newsletter', fields: [email] } },
}

const MESSAGES = [
  'We are looking for something that works with our CRM. Can you call next week?',
  'How much is it for a team of our size?',
  'We lose leads between the website and sales. Can you help with that?',
  'Please send me your price list.',
  'Saw your talk at the fair, would like to see it with our own data.',
  'Do you have customers in our industry?',
  'We have to replace our present tool by the end of the quarter.',
]

/** The fields of a form as this person fills them in: some in a hurry, some in capitals, some not at all. */
export function fillForm(random: Random, formKey: string, person: Person): SubmissionPayload {
  const whole = `${person.first_name} ${person.last_name}`
  const values: Record<string, string | null> = {
    full_name: random.chance(0.04) ? whole.toUpperCase() : random.chance(0.05) ? whole.toLowerCase() : whole,
    email: random.chance(0.05) ? ` ${person.email.toUpperCase()}` : person.email,
    phone: person.phone,
    company_name: random.chance(0.9) ? person.company.name : null,
    job_title: random.chance(0.85) ? person.job_title : null,
    country: person.country,
    city: person.city,
    interest: random.pick(INTERESTS),
    team_size: TEAM_SIZES[Math.min(4, Math.floor(Math.log10(person.company.size) * 1.4))] ?? null,
    message: random.chance(0.6) ? random.pick(MESSAGES) : null,
  }
  const fields = SAMPLE_FORMS[formKey]?.definition.fields ?? []
  return Object.fromEntries(
    fields.map((field) => [field.name, values[field.name] ?? null]).filter(([, value]) => value !== null),
  )
}

/** What no person writes: links, capitals, letters without sense. */
export function fillWithSpam(random: Random, i: number): SubmissionPayload {
  const noise = () =>
    Array.from({ length: random.whole(7, 14) }, () => random.pick([...'bcdfghjklmnpqrstvwxz'])).join('')
  return {
    full_name: random.chance(0.5) ? noise() : 'BEST OFFER',
    email: `${noise()}${i}@mail-${random.whole(1, 9)}.test`,
    company_name: noise(),
    message: `Cheap backlinks and followers!!! http://${noise()}.test/win http://${noise()}.test/cash BUY NOW`,
  }
}

/** Visits of a day by hour: mornings, a dip at noon, some in the evening. */
const HOURS = [1, 1, 0, 0, 0, 1, 3, 7, 14, 19, 20, 18, 12, 15, 18, 17, 14, 10, 7, 6, 6, 5, 4, 2]
const WEEKEND = 0.3
const DAY_MS = 86_400_000

/** A moment of the last `days` days: more lately, few at weekends and at night. */
export function pickMoment(random: Random, now: number, days: number): number {
  for (;;) {
    // The square root leans towards today, as a business that grows does.
    const at = now - (1 - Math.sqrt(random.next())) * days * DAY_MS - 60_000
    const date = new Date(at)
    const isWeekend = date.getUTCDay() % 6 === 0
    if (random.chance((isWeekend ? WEEKEND : 1) * ((HOURS[date.getUTCHours()] ?? 0) / 20))) return Math.floor(at)
  }
}
