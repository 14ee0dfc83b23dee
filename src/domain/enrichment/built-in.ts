// What a lead's own fields tell, without asking anybody. Derived fields say nothing new and always follow: the class of
// the e-mail address, type and country of the phone number, region and currency of the country. Guesses fill fields that
// a person may know better: they are written into blanks only, once for each value of their input, with how sure they
// are; a guess gives way to another one when its input changes, and never to or over what somebody told.
import type { FieldSource, FieldSources, LeadFacts } from '../lead.ts'
import { classifyEmail, type EmailClass } from '../normalize/email-class.ts'
import { normalizePhone } from '../normalize/phone.ts'
import { factsOfCountry } from './country-facts.ts'
import { guessCompanyName } from './guess-company-name.ts'
import { readJobTitle } from './read-job-title.ts'

/** Columns of a lead that nobody writes: they follow from others. */
export const DERIVED_FIELDS = ['email_class', 'phone_type', 'phone_country', 'world_region', 'currency'] as const

/** Source of a guess: this, then the field that it was made from. */
export const BUILT_IN_SOURCE = 'builtin:'

/** True for the source of a guess of ours. */
export const isGuess = (source: FieldSource | undefined) => source?.source.startsWith(BUILT_IN_SOURCE) === true

/** New values of the derived fields whose inputs changed. */
export function deriveFields(before: LeadFacts, after: LeadFacts): Partial<LeadFacts> {
  const derived: Partial<LeadFacts> = {}
  if (before.email !== after.email) derived.email_class = classOf(after.email)
  if (before.phone !== after.phone) {
    const phone = after.phone === null ? null : normalizePhone(after.phone)
    derived.phone_type = phone?.ok ? phone.type : null
    derived.phone_country = phone?.ok ? phone.country : null
  }
  if (before.country !== after.country) Object.assign(derived, marketOf(after.country))
  return derived
}

function marketOf(country: string | null): Pick<LeadFacts, 'world_region' | 'currency'> {
  const { world_region, currency } = factsOfCountry(country)
  return { world_region, currency }
}

function classOf(email: string | null): EmailClass | null {
  if (email === null) return null
  const at = email.lastIndexOf('@')
  return classifyEmail(email.slice(at + 1).toLowerCase(), email.slice(0, at))
}

type GuessedField = 'country' | 'time_zone' | 'language' | 'company_name' | 'seniority' | 'department'

interface Guess {
  field: GuessedField
  input: 'phone' | 'country' | 'domain' | 'job_title'
  /** How sure it is, from 0 to 1: judged by how often the rule is wrong, not measured. */
  confidence: number
  read(lead: LeadFacts): string | null
}

/** In this order: a country guessed from the phone number tells the time zone. */
const GUESSES: readonly Guess[] = [
  { field: 'country', input: 'phone', confidence: 0.7, read: ({ phone_country }) => phone_country },
  { field: 'time_zone', input: 'country', confidence: 0.8, read: ({ country }) => factsOfCountry(country).time_zone },
  { field: 'language', input: 'country', confidence: 0.5, read: ({ country }) => factsOfCountry(country).language },
  { field: 'company_name', input: 'domain', confidence: 0.4, read: ({ domain }) => guessCompanyName(domain) },
  {
    field: 'seniority',
    input: 'job_title',
    confidence: 0.8,
    read: ({ job_title }) => readJobTitle(job_title ?? '').seniority,
  },
  {
    field: 'department',
    input: 'job_title',
    confidence: 0.8,
    read: ({ job_title }) => readJobTitle(job_title ?? '').department,
  },
]

export interface BuiltIn {
  lead: LeadFacts
  sources: FieldSources
}

/**
 * The lead with everything that follows from what changed since `before`, and the sources of the guesses. `given` are the
 * fields that the writer has spoken about, if only to clear them.
 */
export function enrichBuiltIn(
  before: LeadFacts,
  after: LeadFacts,
  sources: FieldSources,
  given: ReadonlySet<string>,
  at: string,
): BuiltIn {
  const lead = Object.assign({ ...after }, deriveFields(before, after))
  const next = { ...sources }
  let guessed = false
  for (const { field, input, confidence, read } of GUESSES) {
    if (before[input] === lead[input] || given.has(field) || !mayGuess(lead[field], next[field], input)) continue
    const value = read(lead)
    if (value === lead[field]) continue
    lead[field] = value
    if (field === 'country') Object.assign(lead, marketOf(value))
    guessed = true
    const source: FieldSource = { by: 'machine', source: BUILT_IN_SOURCE + input, at, confidence }
    if (value === null) delete next[field]
    else next[field] = source
  }
  return { lead, sources: guessed ? next : sources }
}

const mayGuess = (current: string | null, source: FieldSource | undefined, input: string) =>
  current === null || source?.source === BUILT_IN_SOURCE + input
