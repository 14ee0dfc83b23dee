// Which value of a field survives when a known person sends another one. Nothing a person typed is overwritten by a
// machine; a person's newer word replaces their older one; an empty value never erases (domain.md, ground rule 5).
// The former value stays in the change feed (`previous`) and with the submission that brought it.
import { followFields } from './follow-fields.ts'
import type { IntakeFields } from './intake.ts'
import { type FieldSource, type FieldSources, LEAD_LIMITS, LEAD_TEXT_FIELDS, type LeadFacts } from './lead.ts'
import { normalizeEmail } from './normalize/email.ts'

/** Version of this rule, written to receipts. */
export const SURVIVORSHIP_POLICY = 'survivorship@1'

export interface KeptField {
  field: string
  reason: string
}

export interface FieldVerdict {
  /** New values of the fields that change, those that follow from others included. */
  changed: Partial<LeadFacts>
  /** Fields that were written, not those that follow: they get the source of the writer. */
  written: string[]
  /** Those of them that are blank now. */
  cleared: string[]
  /** Fields whose new value did not win, with the reason. */
  kept: KeptField[]
}

/** Who writes: `explicit` is an edit through the API, which always wins and may clear a field. */
export interface Writer {
  by: FieldSource['by']
  explicit: boolean
}

/** Decides field by field, then lets follow what follows from others. */
export function decideFields(
  lead: LeadFacts,
  sources: FieldSources,
  fields: IntakeFields,
  writer: Writer,
): FieldVerdict {
  const kept: KeptField[] = []
  const written: Partial<Record<(typeof LEAD_TEXT_FIELDS)[number], string | null>> = {}
  for (const field of LEAD_TEXT_FIELDS) {
    const value = fields[field]
    if (value === undefined || value === lead[field]) continue
    if (field === 'email' && !writer.explicit && isSameMailbox(value, lead.email)) continue
    const reason = reasonToKeep(value, lead[field], sources[field], writer)
    if (reason === null) written[field] = value
    else kept.push({ field, reason })
  }
  const followers = followFields(lead, written, fields, writer.explicit)
  const names = Object.keys(written)
  const cleared = names.filter((name) => written[name as keyof typeof written] === null)
  return { changed: { ...written, ...followers }, written: names, cleared, kept }
}

/** Key of a custom field in the sources of a lead. */
export const customFieldSource = (key: string) => `custom_fields.${key}`

/** Decides about custom fields key by key under the same rule; null clears when explicit. */
export function decideCustomFields(
  current: Record<string, unknown>,
  sources: FieldSources,
  given: Record<string, unknown>,
  writer: Writer,
): { next: Record<string, unknown> } & Pick<FieldVerdict, 'written' | 'cleared' | 'kept'> {
  const next = { ...current }
  const written: string[] = []
  const cleared: string[] = []
  const kept: KeptField[] = []
  for (const [key, value] of Object.entries(given)) {
    const before = Object.hasOwn(next, key) ? next[key] : null
    if (isEqual(before, value)) continue
    const field = customFieldSource(key)
    const isFull = !writer.explicit && before === null && Object.keys(next).length >= LEAD_LIMITS.custom_fields
    const reason = isFull ? 'too_many' : reasonToKeep(value, before, sources[field], writer)
    if (reason !== null) {
      kept.push({ field, reason })
      continue
    }
    if (value === null) {
      delete next[key]
      cleared.push(field)
    } else next[key] = value
    written.push(field)
  }
  return { next, written, cleared, kept }
}

/** Another spelling of one mailbox (capitals, the dots of Gmail) is no news. */
function isSameMailbox(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return false
  const [left, right] = [normalizeEmail(a), normalizeEmail(b)]
  return left.ok && right.ok && left.match_key === right.match_key
}

function reasonToKeep(
  value: unknown,
  current: unknown,
  source: FieldSource | undefined,
  { by, explicit }: Writer,
): string | null {
  if (explicit) return null
  if (value === null) return 'empty_never_erases'
  if (current === null || current === undefined) return null
  return by === 'machine' && source?.by === 'person' ? 'typed_by_a_person' : null
}

/** Former values of the fields that change. */
export function previousOf(lead: LeadFacts, changed: Partial<LeadFacts>): Partial<LeadFacts> {
  return Object.fromEntries(Object.keys(changed).map((field) => [field, lead[field as keyof LeadFacts]]))
}

/** The fields of `next` that differ from the lead. */
export function differenceOf<T extends object>(current: T, next: Partial<T>): Partial<T> {
  const entries = Object.entries(next).filter(
    ([field, value]) => value !== undefined && !isEqual(current[field as keyof T], value),
  )
  return Object.fromEntries(entries) as Partial<T> // a subset of the entries of a Partial<T>
}

/** Sources after the change: every written field gets this one, a blank has none. The same object when nothing was written. */
export function nextSources(
  sources: FieldSources,
  { written, cleared }: Pick<FieldVerdict, 'written' | 'cleared'>,
  source: FieldSource,
): FieldSources {
  if (written.length === 0) return sources
  const next = { ...sources, ...Object.fromEntries(written.map((field) => [field, source])) }
  for (const field of cleared) delete next[field]
  return next
}

/** Equality of JSON values: the order of members does not count (PostgreSQL reorders them), absent is null. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? null) === (b ?? null)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => isEqual(item, b[i]))
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isEqual(left[name], right[name]))
  )
}
