// Intake is what any door brings in (form, API, batch), in one canonical shape: normalized fields, what identifies the
// person, where they came from. Everything after this point is the same for every door.

import type { ExternalId, LeadTextField } from './lead.ts'
import { normalizeCountry } from './normalize/country.ts'
import { normalizeEmail } from './normalize/email.ts'
import { classifyEmail } from './normalize/email-class.ts'
import { normalizeLanguage } from './normalize/language.ts'
import { normalizeName } from './normalize/person-name.ts'
import { normalizePhone } from './normalize/phone.ts'
import { cleanText } from './normalize/text.ts'
import { normalizeWebsite } from './normalize/website.ts'

/** What identifies a person exactly, strongest first. */
export interface Identity {
  kind: string
  value: string
}

/** Raw values of lead fields as somebody sent them. */
export type RawLeadFields = Partial<Record<LeadTextField, string | null>>

/** Canonical values, with what follows from them. */
export interface IntakeFields extends RawLeadFields {
  email_domain?: string | null
  phone_raw?: string | null
  domain?: string | null
}

/** A value that has no canonical form: it is kept as it was typed where the field allows it, and named here. */
export interface IntakeIssue {
  field: LeadTextField
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
  for (const [field, value] of Object.entries(raw) as [LeadTextField, string | null | undefined][]) {
    if (value === undefined) continue
    const text = cleanText(value ?? '', FIELD_LENGTH)
    if (text.ok) fields[field] = text.value === '' ? null : text.value
    else issues.push({ field, code: text.code, detail: text.detail })
  }
  normalizeNames(fields)
  if (fields.country) fields.country = normalizeCountry(fields.country) ?? fields.country
  if (fields.language) fields.language = normalizeLanguage(fields.language) ?? fields.language
  normalizeContact(fields, issues, fields.country ?? country)
  return { fields, issues }
}

function normalizeNames(fields: IntakeFields): void {
  const { first_name, last_name, full_name } = fields
  if (!first_name && !last_name && !full_name) return
  const name = normalizeName({
    first_name: first_name ?? null,
    last_name: last_name ?? null,
    full_name: full_name ?? null,
  })
  if (name.first_name) fields.first_name = name.first_name
  if (name.last_name) fields.last_name = name.last_name
  if (name.full_name) fields.full_name = name.full_name
}

function normalizeContact(fields: IntakeFields, issues: IntakeIssue[], country: string | null): void {
  const issue = (field: LeadTextField, fault: { code: string; detail: string }) =>
    issues.push({ field, code: fault.code, detail: fault.detail })
  if (fields.email) {
    const email = normalizeEmail(fields.email)
    if (email.ok) Object.assign(fields, { email: email.value, email_domain: email.domain })
    else {
      issue('email', email)
      delete fields.email
    }
  } else if (fields.email === null) fields.email_domain = null
  if (fields.phone) {
    const phone = normalizePhone(fields.phone, country ?? undefined)
    fields.phone_raw = fields.phone
    if (phone.ok) fields.phone = phone.e164
    else {
      // Kept as typed: a wrong digit is still worth a salesperson's look.
      issue('phone', phone)
      delete fields.phone
    }
  } else if (fields.phone === null) fields.phone_raw = null
  normalizeSite(fields, issue)
}

function normalizeSite(
  fields: IntakeFields,
  issue: (field: LeadTextField, fault: { code: string; detail: string }) => void,
): void {
  if (fields.website) {
    const website = normalizeWebsite(fields.website)
    if (website.ok) Object.assign(fields, { website: website.url, domain: website.registrable_domain })
    else issue('website', website)
  } else if (fields.website === null) fields.domain = null
  // A company address tells the company's domain when the person gave no website.
  if (!fields.domain && fields.email && fields.email_domain) {
    const local = fields.email.slice(0, fields.email.lastIndexOf('@'))
    const kind = classifyEmail(fields.email_domain, local)
    if (kind === 'corporate' || kind === 'role') {
      const site = normalizeWebsite(fields.email_domain)
      if (site.ok && site.registrable_domain) fields.domain = site.registrable_domain
    }
  }
}

/** What identifies the person of these fields, strongest first: external ids, e-mail, phone. */
export function identitiesOf(fields: IntakeFields, externalIds: ExternalId[]): Identity[] {
  const identities: Identity[] = externalIds.map((id) => ({ kind: `external:${id.system}`, value: id.external_id }))
  if (fields.email) {
    const email = normalizeEmail(fields.email)
    if (email.ok) identities.push({ kind: 'email', value: email.match_key })
  }
  if (fields.phone) identities.push({ kind: 'phone', value: fields.phone })
  return identities
}
