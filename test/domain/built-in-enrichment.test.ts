// What a lead's own fields tell: derived fields always follow, guesses fill blanks once and never a person's word.
import { createRequire } from 'node:module'
import fc from 'fast-check'
import t from 'tap'
import { deriveFields, enrichBuiltIn } from '../../src/domain/enrichment/built-in.ts'
import { factsOfCountry, WORLD_REGIONS } from '../../src/domain/enrichment/country-facts.ts'
import { COUNTRY_TABLE } from '../../src/domain/enrichment/country-table.ts'
import { guessCompanyName } from '../../src/domain/enrichment/guess-company-name.ts'
import { BLANK_LEAD, type FieldSources, type LeadFacts } from '../../src/domain/lead.ts'
import { normalizeCurrency } from '../../src/domain/normalize/currency.ts'
import { normalizeLanguage } from '../../src/domain/normalize/language.ts'
import { normalizeTimeZone } from '../../src/domain/normalize/time-zone.ts'

const AT = '2026-01-01T00:00:00.000Z'
const NONE: ReadonlySet<string> = new Set()
const blank = { ...BLANK_LEAD, stage_key: 'lead', status: 'new' } as unknown as LeadFacts
const enrich = (after: Partial<LeadFacts>, before: Partial<LeadFacts> = {}, sources: FieldSources = {}, given = NONE) =>
  enrichBuiltIn({ ...blank, ...before }, { ...blank, ...before, ...after }, sources, given, AT)

t.test('a new lead is told about by its phone number, address and title', async (t) => {
  const { lead, sources } = enrich({
    email: 'Ada@Analytical-Engines.co.uk',
    domain: 'analytical-engines.co.uk',
    phone: '+4915123456789',
    job_title: 'Leiterin Vertrieb',
  })
  t.match(lead, {
    email_class: 'corporate',
    phone_type: 'mobile',
    phone_country: 'DE',
    country: 'DE',
    world_region: 'europe',
    currency: 'EUR',
    language: 'de',
    time_zone: 'Europe/Berlin',
    company_name: 'Analytical Engines',
    seniority: 'head',
    department: 'sales',
  })
  t.same(sources['seniority'], { by: 'machine', source: 'builtin:job_title', at: AT, confidence: 0.8 })
  t.same(sources['country'], { by: 'machine', source: 'builtin:phone', at: AT, confidence: 0.7 })
  t.equal(sources['email_class'], undefined, 'what is derived has no source of its own')
})

t.test('what a person told stays, and what they cleared stays clear', async (t) => {
  const person = { by: 'person', source: 'api', at: AT } as const
  const typed = enrich({ job_title: 'CEO' }, { seniority: 'manager' }, { seniority: person })
  t.match(typed.lead, { seniority: 'manager', department: 'executive' })
  t.same(typed.sources['seniority'], person)
  const cleared = enrich({ job_title: 'CEO' }, {}, {}, new Set(['seniority', 'job_title']))
  t.match(cleared.lead, { seniority: null, department: 'executive' })
  const later = enrich({ city: 'Bonn' }, { job_title: 'CEO', country: null, phone: '+4930901820', phone_country: 'DE' })
  t.match(later.lead, { seniority: null, country: null }, 'a guess is made once for each value of its input')
})

t.test('a guess follows its input, and goes with it', async (t) => {
  const first = enrich({ job_title: 'Marketing Manager', phone: '+33612345678' })
  const second = enrichBuiltIn(first.lead, { ...first.lead, job_title: 'CFO' }, first.sources, NONE, AT)
  t.match(second.lead, { seniority: 'c_level', department: 'finance' })
  const third = enrichBuiltIn(second.lead, { ...second.lead, job_title: null }, second.sources, NONE, AT)
  t.match(third.lead, { seniority: null, department: null })
  t.equal(third.sources['seniority'], undefined)
  const moved = enrichBuiltIn(first.lead, { ...first.lead, phone: '+442071838750' }, first.sources, NONE, AT)
  t.match(moved.lead, { country: 'GB', currency: 'GBP', time_zone: 'Europe/London', language: 'en' })
  const gone = enrichBuiltIn(first.lead, { ...first.lead, phone: null }, first.sources, NONE, AT)
  t.match(gone.lead, { country: null, world_region: null, currency: null, time_zone: null, phone_type: null })
})

t.test('classes of addresses', async (t) => {
  const classes = {
    'a@gmail.com': 'free',
    'info@acme.test': 'role',
    'a@mailinator.com': 'disposable',
    'a@acme.test': 'corporate',
  }
  for (const [email, kind] of Object.entries(classes))
    t.equal(deriveFields(blank, { ...blank, email }).email_class, kind)
})

t.test('names of companies from their domains', async (t) => {
  const names: [string | null, string | null][] = [
    ['acme.com', 'Acme'],
    ['analytical-engines.co.uk', 'Analytical Engines'],
    ['ibm.com', 'IBM'],
    ['kpmg.de', 'KPMG'],
    ['xn--mller-kva.de', 'Müller'],
    ['acme.github.io', 'Acme'],
    ['linkedin.com', null],
    ['123.com', null],
    ['co.uk', null],
    [null, null],
  ]
  for (const [domain, name] of names) t.equal(guessCompanyName(domain), name, String(domain))
})

t.test('every country has its row, and every word in it is a real one', async (t) => {
  const codes: [string][] = createRequire(import.meta.url)('i18n-iso-countries/codes.json')
  t.same(
    codes.filter(([code]) => !COUNTRY_TABLE.some((row) => row.startsWith(`${code} `))),
    [],
  )
  // Newer than the lists of Node 20.
  const young = new Set(['XCG', 'ZWG'])
  for (const row of COUNTRY_TABLE) {
    t.equal(row.split(' ').length, 5, row)
    const { world_region, currency, language, time_zone } = factsOfCountry(row.slice(0, 2))
    t.ok(world_region === null || WORLD_REGIONS.some((known) => known === world_region), row)
    t.ok(currency === null || young.has(currency) || normalizeCurrency(currency) === currency, row)
    t.ok(language === null || normalizeLanguage(language) === language, row)
    t.ok(time_zone === null || normalizeTimeZone(time_zone) !== null, row)
  }
  t.match(factsOfCountry('US'), { world_region: 'north_america', currency: 'USD', language: 'en', time_zone: null })
  t.match(factsOfCountry('CH'), { language: null, time_zone: 'Europe/Zurich' })
})

t.test('doing it again changes nothing, whatever was written', async (t) => {
  const value = fc.option(
    fc.constantFrom('+4930901820', '+12025550123', 'DE', 'US', 'acme.com', 'CEO', 'Intern', 'a@b.de'),
    { nil: null },
  )
  const fields = fc.record({ phone: value, country: value, domain: value, job_title: value, email: value })
  fc.assert(
    fc.property(fields, fields, (one, two) => {
      const first = enrich(one)
      const second = enrichBuiltIn(first.lead, { ...first.lead, ...two }, first.sources, NONE, AT)
      const again = enrichBuiltIn(second.lead, second.lead, second.sources, NONE, AT)
      t.same(again, second)
      return true
    }),
    { numRuns: 300 },
  )
})
