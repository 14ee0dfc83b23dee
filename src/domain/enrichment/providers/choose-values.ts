// Which of the values that a provider found are written. A person's word always stays. A blank is filled; what a machine
// wrote is replaced when it has grown old, by the one that wrote it, or, where the policy says `better`, by one that is
// surer of it.
import type { FieldSource, FieldSources, LeadFacts } from '../../lead.ts'
import { isEqual } from '../../survivorship.ts'
import type { EnrichmentPolicy } from './enrichment-policy.ts'
import type { FoundValues } from './read-response.ts'

/** Source of what a provider wrote: this, then its key. */
export const PROVIDER_SOURCE = 'enrichment:'

export interface ChosenValues {
  fields: FoundValues['fields']
  custom_fields: Record<string, unknown>
  kept: { field: string; reason: string }[]
}

/** Sorts out what may be written into the lead. */
export function chooseValues(
  lead: LeadFacts,
  sources: FieldSources,
  found: FoundValues,
  policy: Pick<EnrichmentPolicy, 'fill' | 'min_confidence'>,
  providerKey: string,
  at: string,
): ChosenValues {
  const kept: ChosenValues['kept'] = []
  const take = (field: string, current: unknown, value: unknown) => {
    if (isEqual(current, value)) return false
    const confidence = found.confidence[field] ?? 0
    const reason =
      confidence < policy.min_confidence
        ? 'too_unsure'
        : reasonToKeep(current, sources[field], confidence, policy.fill, providerKey, at)
    if (reason !== null) kept.push({ field, reason })
    return reason === null
  }
  const facts: Record<string, unknown> = { ...lead }
  const { phone_raw, name_parts, ...texts } = found.fields
  const fields: FoundValues['fields'] = Object.fromEntries(
    Object.entries(texts).filter(
      ([field, value]) => typeof value === 'string' && take(field, facts[field] ?? null, value),
    ),
  )
  if (fields.phone !== undefined && phone_raw !== undefined) fields.phone_raw = phone_raw
  if (fields.full_name !== undefined && name_parts !== undefined) fields.name_parts = name_parts
  const custom = Object.entries(found.custom_fields).filter(([key, value]) =>
    take(`custom_fields.${key}`, Object.hasOwn(lead.custom_fields, key) ? lead.custom_fields[key] : null, value),
  )
  return { fields, custom_fields: Object.fromEntries(custom), kept }
}

function reasonToKeep(
  current: unknown,
  source: FieldSource | undefined,
  confidence: number,
  fill: EnrichmentPolicy['fill'],
  providerKey: string,
  at: string,
): string | null {
  if (current === null || current === undefined) return null
  if (source?.by !== 'machine') return 'typed_by_a_person'
  if (isOld(source, at) || source.source === PROVIDER_SOURCE + providerKey) return null
  return fill === 'better' && confidence > (source.confidence ?? 0) ? null : 'filled'
}

/** True when what a source wrote counts as old. */
export const isOld = (source: FieldSource | undefined, at: string) =>
  source?.expires_at !== undefined && source.expires_at <= at

/** The wanted fields that are still blank or old. Fields of the company count as filled where there is no company. */
export function missingOf(
  wanted: readonly string[],
  lead: LeadFacts,
  account: Readonly<Record<string, unknown>> | null,
  sources: FieldSources,
  at: string,
): string[] {
  const facts: Record<string, unknown> = { ...lead }
  return wanted.filter((target) => {
    if (target.startsWith('account.'))
      return account !== null && (account[target.slice('account.'.length)] ?? null) === null
    const key = target.startsWith('custom_fields.') ? target.slice('custom_fields.'.length) : null
    const value = key === null ? facts[target] : Object.hasOwn(lead.custom_fields, key) ? lead.custom_fields[key] : null
    return (value ?? null) === null || isOld(sources[target], at)
  })
}
