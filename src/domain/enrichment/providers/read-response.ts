// What a provider's answer says about a lead. Providers are strangers: a value of the wrong type, of no normal form or of
// no known word is left out with its reason, and nothing in an answer can do more than fill a field.
import type { AccountFields } from '../../account-fields.ts'
import { normalizeAccountFields } from '../../account-fields.ts'
import type { CustomFieldRules } from '../../custom-field.ts'
import { coerceCustomFields } from '../../custom-field-map.ts'
import { type IntakeFields, normalizeFields, type RawLeadFields } from '../../intake.ts'
import type { EnrichmentProvider } from './enrichment-policy.ts'

export interface FoundValues {
  fields: IntakeFields
  custom_fields: Record<string, unknown>
  account: AccountFields
  /** By target. */
  confidence: Record<string, number>
  /** What the answer holds and cannot be used. */
  dropped: { target: string; reason: string }[]
}

/** Longest text that is taken from an answer, in UTF-16 units: fields hold 500 characters. */
const MAX_TEXT = 2_000

/** Values by target, in normal form. `country` is the default for phone numbers. */
export function readResponse(
  provider: EnrichmentProvider,
  answer: unknown,
  rules: CustomFieldRules,
  country: string | null,
): FoundValues {
  const texts = new Map<string, string>()
  const dropped: FoundValues['dropped'] = []
  const confidence: Record<string, number> = {}
  const overall = readConfidence(provider, answer)
  for (const mapping of provider.fields) {
    const raw = valueAt(answer, mapping.pointer)
    if (raw === undefined || raw === null || raw === '' || texts.has(mapping.target)) continue
    const text = toText(raw)
    const word = text === null ? null : translate(mapping.values, text)
    if (word === null)
      dropped.push({ target: mapping.target, reason: text === null ? 'invalid_type' : 'unknown_value' })
    else {
      texts.set(mapping.target, word)
      confidence[mapping.target] = mapping.confidence ?? overall
    }
  }
  const found = sortOut(texts, rules, country)
  return { ...found, confidence, dropped: [...dropped, ...found.dropped] }
}

function sortOut(texts: ReadonlyMap<string, string>, rules: CustomFieldRules, country: string | null) {
  const raw: RawLeadFields = {}
  const account: Record<string, string> = {}
  const custom: Record<string, unknown> = {}
  for (const [target, text] of texts) {
    if (target.startsWith('custom_fields.')) custom[target.slice('custom_fields.'.length)] = text
    else if (target.startsWith('account.')) account[target.slice('account.'.length)] = text
    else raw[target as keyof RawLeadFields] = text // a saved policy has no other targets
  }
  const { employee_count: employees, ...accountTexts } = account
  const lead = normalizeFields(raw, country)
  const company = normalizeAccountFields(accountTexts, country)
  const own = coerceCustomFields(rules, custom)
  const dropped = [
    ...lead.issues.map(({ field, code }) => ({ target: field, reason: code })),
    ...company.issues.map(({ field, code }) => ({ target: `account.${field}`, reason: code })),
    ...own.issues.map(({ field, code }) => ({ target: field, reason: code })),
  ]
  const count = employees === undefined ? undefined : readCount(employees)
  if (count === null) dropped.push({ target: 'account.employee_count', reason: 'invalid_type' })
  const accountFields = typeof count === 'number' ? { ...company.fields, employee_count: count } : company.fields
  return { fields: lead.fields, custom_fields: own.values, account: accountFields, dropped }
}

/** Plain whole numbers only: "51-200" is no count. */
function readCount(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null
}

function toText(value: unknown): string | null {
  if (typeof value === 'string') return value.length <= MAX_TEXT ? value : null
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return typeof value === 'boolean' ? String(value) : null
}

function translate(values: Readonly<Record<string, string>>, text: string): string | null {
  if (Object.keys(values).length === 0) return text
  return Object.hasOwn(values, text) ? (values[text] ?? null) : null
}

function readConfidence({ confidence_pointer, confidence }: EnrichmentProvider, answer: unknown): number {
  const told = confidence_pointer === null ? undefined : valueAt(answer, confidence_pointer)
  const number = typeof told === 'string' ? Number(told) : told
  if (typeof number !== 'number' || !(number >= 0 && number <= 100)) return confidence
  return number > 1 ? number / 100 : number
}

/** The value at an RFC 6901 pointer; undefined when there is none. */
export function valueAt(value: unknown, pointer: string): unknown {
  const names = pointer.split('/').slice(1)
  return names.reduce<unknown>((at, escaped) => {
    const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined
    return (at as Record<string, unknown>)[name] // an object has its own members
  }, value)
}
