// Intake is what any door brings in (form, API, batch), in one canonical shape: normalized fields, what identifies the
// person, where they came from. Everything after this point is the same for every door.

import { normalizeDepartment, normalizeSeniority } from './enrichment/title-codes.ts'
import { DEPARTMENTS, SENIORITIES } from './enrichment/titles/title-words.ts'
import { type ExternalId, LEAD_TEXT_FIELDS, type LeadFacts, type LeadTextField } from './lead.ts'
import { normalizeCountry } from './normalize/country.ts'
import { normalizeEmail } from './normalize/email.ts'
import { normalizeLanguage } from './normalize/language.ts'
import { normalizeName } from './normalize/person-name.ts'
import { normalizePhone } from './normalize/phone.ts'
import { cleanLine, cleanText } from './normalize/text.ts'
import { normalizeTimeZone } from './normalize/time-zone.ts'
import { normalizeWebsite } from './normalize/website.ts'

/** What identifies a person exactly, strongest first. */
export interface Identity {
  kind: string
  value: string
}

/** Raw values of lead fields as somebody sent them. */
export type RawLeadFields = Partial<Record<LeadTextField, string | null>>

/** Canonical values, with the part of them that is not a field of its own. */
export interface IntakeFields extends RawLeadFields {
  /** The phone number as it was typed, also when it cannot be read. */
  phone_raw?: string | null
  /** Parts that a full name tells where they were not typed themselves. */
  name_parts?: { first_name: string | null; last_name: string | null }
}

/** A value that has no canonical form: it stays with the submission, and is named here. */
export interface IntakeIssue {
  /** Lead field, or `custom_fields.<key>`. */
  field: string
  code: string
  detail: string
}

export interface Intake {
  /** Id of the submission or request: also the id of its activity and touch, so a replay doubles nothing. */
  id: string
  /** Id that a new lead gets; made beforehand, because decisions draw nothing at random. */
  new_lead_id: string
  receipt_id: string
  by: 'person' | 'machine'
  /** `form:<key>` or `api`. */
  source: string
  actor: string
  origin: string | null
  occurred_at: string
  fields: IntakeFields
  custom_fields: Record<string, unknown>
  metadata: Record<string, string>
  tags: string[]
  external_ids: ExternalId[]
  identities: Identity[]
  issues: IntakeIssue[]
  /** What nobody typed (the language of the browser, the country of the form): it fills blanks and overwrites nothing. */
  inferred?: RawLeadFields
  /** What an API user sets on a new lead and on a known one. */
  set?: Partial<Pick<LeadFacts, 'status' | 'archived' | 'account_id' | 'owner_id'>>
  source_key: string | null
  campaign_key: string | null
  attribution: Record<string, string>
  activity: { type: string; subject: string | null; data: Record<string, unknown> }
  /** What to do when the person is known: `update` under survivorship, or only report it. */
  on_duplicate: 'update' | 'reject' | 'create'
}

/** Longest value of a lead field in code points: enough for every real name, title and address line. */
export const FIELD_LENGTH = 500

/** Canonical fields of raw ones; an empty text means "not given". `country` is the default for phone numbers. */
export function normalizeFields(
  raw: RawLeadFields,
  country: string | null,
): { fields: IntakeFields; issues: IntakeIssue[] } {
  const fields: IntakeFields = {}
  const issues: IntakeIssue[] = []
  for (const field of LEAD_TEXT_FIELDS) {
    const value = raw[field]
    if (value === undefined) continue
    const text = cleanText(value ?? '', FIELD_LENGTH)
    if (!text.ok) issues.push({ field, code: text.code, detail: text.detail })
    else fields[field] = (HAS_OWN_FORM.has(field) ? text.value : cleanLine(text.value)) || null
  }
  normalizeNames(fields)
  normalizeCodes(fields, issues)
  normalizeContact(fields, issues, fields.country ?? country)
  return { fields, issues }
}

/** Their normal forms begin with the text as it was typed. */
const HAS_OWN_FORM = new Set<LeadTextField>(['email', 'phone', 'website'])

function normalizeNames(fields: IntakeFields): void {
  const { first_name = null, last_name = null, full_name = null } = fields
  if (!first_name && !last_name && !full_name) return
  const name = normalizeName({ first_name, last_name, full_name })
  if (first_name) fields.first_name = name.first_name
  if (last_name) fields.last_name = name.last_name
  if (!full_name) return
  // By itself: "Lovelace, Ada" is turned round whatever stands beside it, so that what is read can be written back.
  fields.full_name = normalizeName({ full_name }).full_name
  fields.name_parts = { first_name: name.first_name, last_name: name.last_name }
}

const CODES = {
  country: [normalizeCountry, 'unknown_country', 'No country is known by this name or ISO 3166-1 code.'],
  language: [normalizeLanguage, 'invalid_language', 'Must be a BCP 47 tag such as en or de-AT.'],
  seniority: [normalizeSeniority, 'unknown_seniority', `Must be one of: ${SENIORITIES.join(', ')}.`],
  department: [normalizeDepartment, 'unknown_department', `Must be one of: ${DEPARTMENTS.join(', ')}.`],
  time_zone: [normalizeTimeZone, 'unknown_time_zone', 'Must be an IANA time zone such as Europe/Berlin.'],
} as const

/** Programs act on these: what is no code is not written (a wrong country routes a lead to the wrong people). */
function normalizeCodes(fields: IntakeFields, issues: IntakeIssue[]): void {
  for (const field of ['country', 'language', 'time_zone', 'seniority', 'department'] as const) {
    const text = fields[field]
    if (!text) continue
    const [normalize, code, detail] = CODES[field]
    const value = normalize(text)
    if (value !== null) {
      fields[field] = value
      continue
    }
    issues.push({ field, code, detail })
    delete fields[field]
  }
}

function normalizeContact(fields: IntakeFields, issues: IntakeIssue[], country: string | null): void {
  const issue = (field: LeadTextField, { code, detail }: { code: string; detail: string }) => {
    issues.push({ field, code, detail })
    delete fields[field]
  }
  if (fields.email) {
    const email = normalizeEmail(fields.email)
    if (email.ok) fields.email = email.value
    else issue('email', email)
  }
  if (fields.website) {
    const website = normalizeWebsite(fields.website)
    if (website.ok) fields.website = website.url
    else issue('website', website)
  }
  if (fields.phone) {
    const phone = normalizePhone(fields.phone, country ?? undefined)
    // Kept as typed even when it cannot be read: a wrong digit is still worth a salesperson's look.
    fields.phone_raw = fields.phone
    if (phone.ok) fields.phone = phone.e164
    else issue('phone', phone)
  } else if (fields.phone === null) fields.phone_raw = null
}

/** What identifies the person of these fields, strongest first: external ids, e-mail, phone. */
export function identitiesOf(fields: IntakeFields, externalIds: ExternalId[]): Identity[] {
  const identities = externalIds.map(externalIdentity)
  if (fields.email) {
    const email = normalizeEmail(fields.email)
    if (email.ok) identities.push({ kind: 'email', value: email.match_key })
  }
  if (fields.phone && isProof(fields.phone)) identities.push({ kind: 'phone', value: fields.phone })
  return identities
}

/** A number outside of all known ranges is a way to call, but too weak to say that two leads are one person. */
function isProof(e164: string): boolean {
  const phone = normalizePhone(e164)
  return phone.ok && phone.type !== 'unknown'
}

/** The identity of an id in another system. */
export function externalIdentity({ system, external_id }: ExternalId): Identity {
  return { kind: `external:${system}`, value: external_id }
}
