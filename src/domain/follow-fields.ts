// Fields that follow from others and have no source of their own: the domain from the website, else from a company
// e-mail address; the full name from its parts, the parts from the full name; the typed phone number with the number.
import type { IntakeFields } from './intake.ts'
import type { LeadFacts, LeadTextField } from './lead.ts'
import { classifyEmail } from './normalize/email-class.ts'
import { normalizeName } from './normalize/person-name.ts'
import { normalizeWebsite } from './normalize/website.ts'

type Written = Partial<Record<LeadTextField, string | null>>

/**
 * What changes along with the written fields. `fields` is everything that was given, what did not win included; only an
 * `explicit` writer leaves a part of a name empty, anybody else adds.
 */
export function followFields(
  lead: LeadFacts,
  written: Written,
  fields: IntakeFields,
  explicit: boolean,
): Partial<LeadFacts> {
  const followers: Partial<LeadFacts> = {
    ...followName(lead, written, fields, explicit),
    ...followPhone(lead, written, fields),
    ...followAddresses({ ...lead, ...written }, written),
  }
  return Object.fromEntries(
    Object.entries(followers).filter(([field, value]) => value !== lead[field as keyof LeadFacts]),
  )
}

function followName(lead: LeadFacts, written: Written, fields: IntakeFields, explicit: boolean): Partial<LeadFacts> {
  if (typeof written.full_name === 'string') {
    const followers: Partial<LeadFacts> = {}
    for (const part of ['first_name', 'last_name'] as const) {
      if (fields[part] !== undefined) continue
      const value = fields.name_parts?.[part] ?? null
      if (value !== null || explicit) followers[part] = value
    }
    return followers
  }
  const isPartWritten = written.first_name !== undefined || written.last_name !== undefined
  if (!isPartWritten || fields.full_name !== undefined) return {}
  const { first_name, last_name } = { ...lead, ...written }
  return { full_name: normalizeName({ first_name, last_name }).full_name }
}

/** A number that cannot be read is kept as it was typed, but only where no better one is known. */
function followPhone(lead: LeadFacts, written: Written, fields: IntakeFields): Partial<LeadFacts> {
  if (written.phone !== undefined) return { phone_raw: written.phone === null ? null : (fields.phone_raw ?? null) }
  const isUnreadable = fields.phone === undefined && typeof fields.phone_raw === 'string'
  return isUnreadable && lead.phone === null ? { phone_raw: fields.phone_raw ?? null } : {}
}

function followAddresses({ email, website }: LeadFacts, written: Written): Partial<LeadFacts> {
  if (written.email === undefined && written.website === undefined) return {}
  const emailDomain = email === null ? null : email.slice(email.lastIndexOf('@') + 1)
  return { email_domain: emailDomain, domain: siteOf(website) ?? companySiteOf(email, emailDomain) }
}

function siteOf(website: string | null): string | null {
  if (website === null) return null
  const site = normalizeWebsite(website)
  return site.ok ? site.registrable_domain : null
}

/** A company address tells the company's domain; a free or throw-away one does not. */
function companySiteOf(email: string | null, domain: string | null): string | null {
  if (email === null || domain === null) return null
  const kind = classifyEmail(domain, email.slice(0, email.lastIndexOf('@')))
  return kind === 'corporate' || kind === 'role' ? siteOf(domain) : null
}
