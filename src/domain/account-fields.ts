// Canonical values of an account's fields. An API user can correct what a visitor cannot, so what has no canonical form
// is named and refused. The domain follows the website unless it is given itself.
import type { AccountFacts, AccountTextField, Money } from './account.ts'
import { FIELD_LENGTH, type IntakeIssue } from './intake.ts'
import { normalizeCountry } from './normalize/country.ts'
import { normalizeCurrency } from './normalize/currency.ts'
import { normalizePhone } from './normalize/phone.ts'
import { SHARED_SITES } from './normalize/shared-sites.ts'
import { cleanLine, cleanText } from './normalize/text.ts'
import type { Refusal } from './normalize/verdict.ts'
import { normalizeWebsite } from './normalize/website.ts'

/** Raw values of an account as an API user sent them. */
export type RawAccountFields = Partial<Record<AccountTextField, string | null>> & {
  employee_count?: number | null
  annual_revenue?: Money | null
}

export type AccountFields = Partial<Pick<AccountFacts, AccountTextField | 'employee_count' | 'annual_revenue'>>

type Reading = { ok: true; value: string | null } | Refusal

const taken = (value: string | null): Reading => ({ ok: true, value })
const refused = (code: string, detail: string): Reading => ({ ok: false, code, detail })

/** Canonical fields of raw ones; an empty text clears. `country` is the default for phone numbers. */
export function normalizeAccountFields(
  raw: RawAccountFields,
  country: string | null,
): { fields: AccountFields; issues: IntakeIssue[] } {
  const { employee_count, annual_revenue, ...texts } = raw
  const fields: AccountFields = {}
  const issues: IntakeIssue[] = []
  const home = (typeof texts.country === 'string' && normalizeCountry(texts.country)) || country
  for (const [field, value] of Object.entries(texts) as [AccountTextField, string | null | undefined][]) {
    if (value === undefined) continue
    const reading = readField(field, value ?? '', home)
    if (reading.ok) fields[field] = reading.value
    else issues.push({ field, code: reading.code, detail: reading.detail })
  }
  if (employee_count !== undefined) fields.employee_count = employee_count
  if (annual_revenue !== undefined) readRevenue(annual_revenue, fields, issues)
  if (typeof fields.website === 'string' && fields.domain === undefined) {
    const domain = siteOf(fields.website)
    if (domain !== null && !SHARED_SITES.has(domain)) fields.domain = domain
  }
  return { fields, issues }
}

function readField(field: AccountTextField, raw: string, country: string | null): Reading {
  const text = cleanText(raw, FIELD_LENGTH)
  if (!text.ok) return text
  if (text.value === '') return taken(null)
  switch (field) {
    case 'website': {
      const website = normalizeWebsite(text.value)
      return website.ok ? taken(website.url) : website
    }
    case 'domain': {
      const domain = siteOf(text.value)
      return domain === null ? refused('bad_domain', 'Must be a domain name such as example.com.') : taken(domain)
    }
    case 'phone': {
      const phone = normalizePhone(text.value, country ?? undefined)
      return phone.ok ? taken(phone.e164) : phone
    }
    case 'country': {
      const code = normalizeCountry(text.value)
      return code === null ? refused('unknown_country', 'No country is known by this name or code.') : taken(code)
    }
    default:
      return taken(cleanLine(text.value) || null)
  }
}

function siteOf(address: string): string | null {
  const site = normalizeWebsite(address)
  return site.ok ? site.registrable_domain : null
}

function readRevenue(revenue: Money | null, fields: AccountFields, issues: IntakeIssue[]): void {
  const currency = revenue === null ? null : normalizeCurrency(revenue.currency)
  if (revenue === null) fields.annual_revenue = null
  else if (currency !== null) fields.annual_revenue = { amount_minor: revenue.amount_minor, currency }
  else issues.push({ field: 'annual_revenue/currency', code: 'unknown_currency', detail: 'Must be an ISO 4217 code.' })
}
