// Which value of a field survives when a known person sends another one. Nothing a person typed is overwritten by a
// machine; a person's newer word replaces their older one; an empty value never erases (domain.md, ground rule 5).
// The former value stays in the change feed (`previous`) and with the submission that brought it.
import type { IntakeFields } from './intake.ts'
import type { FieldSource, FieldSources, LeadFacts } from './lead.ts'

/** Version of this rule, written to receipts. */
export const SURVIVORSHIP_POLICY = 'survivorship@1'

export interface FieldVerdict {
  /** New values of the fields that change. */
  changed: Record<string, unknown>
  previous: Record<string, unknown>
  /** Fields whose new value did not win, with the reason. */
  kept: { field: string; reason: string }[]
}

/** Fields that follow from another one: they change with it and have no source of their own. */
const FOLLOWS: Record<string, string> = { email_domain: 'email', phone_raw: 'phone', domain: 'website' }

/** Decides field by field; `explicit` is an edit through the API, which always wins and may clear a field. */
export function decideFields(
  lead: LeadFacts,
  sources: FieldSources,
  fields: IntakeFields,
  by: FieldSource['by'],
  explicit = false,
): FieldVerdict {
  const verdict: FieldVerdict = { changed: {}, previous: {}, kept: [] }
  for (const [field, value] of Object.entries(fields)) {
    const current = lead[field as keyof LeadFacts]
    if (value === undefined || value === current) continue
    const reason = explicit ? null : reasonToKeep(field, value, current, sources, by)
    if (reason !== null) {
      if (FOLLOWS[field] === undefined) verdict.kept.push({ field, reason })
      continue
    }
    verdict.changed[field] = value
    verdict.previous[field] = current ?? null
  }
  return verdict
}

function reasonToKeep(
  field: string,
  value: unknown,
  current: unknown,
  sources: FieldSources,
  by: FieldSource['by'],
): string | null {
  if (value === null) return 'empty_never_erases'
  if (current === null || current === undefined) return null
  const owner = sources[FOLLOWS[field] ?? field]
  return by === 'machine' && owner?.by === 'person' ? 'typed_by_a_person' : null
}

/** Merges a map of custom fields key by key under the same rule; null clears only when explicit. */
export function decideMap(
  current: Record<string, unknown>,
  given: Record<string, unknown>,
  explicit = false,
): Record<string, unknown> | null {
  const next = { ...current }
  let changed = false
  for (const [key, value] of Object.entries(given)) {
    if (value === null && !explicit) continue
    if (isEqual(next[key], value)) continue
    if (value === null) delete next[key]
    else next[key] = value
    changed = true
  }
  return changed ? next : null
}

/** Equality of JSON values. */
export function isEqual(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
}

/** Sources after the change: every changed field that has a source of its own gets this one. */
export function nextSources(sources: FieldSources, changed: string[], source: FieldSource): FieldSources {
  const next = { ...sources }
  for (const field of changed) if (FOLLOWS[field] === undefined) next[field] = source
  return next
}
