// An explicit edit by an API user: it always wins, null clears, lists replace, maps merge key by key (RFC 7396).
import { enrichBuiltIn } from './enrichment/built-in.ts'
import type { IntakeFields } from './intake.ts'
import { type ExternalId, type FieldSource, type FieldSources, LEAD_LIMITS, type LeadFacts } from './lead.ts'
import { decideCustomFields, decideFields, differenceOf, nextSources } from './survivorship.ts'

export interface LeadEdit {
  fields: IntakeFields
  /** Values in stored form; null clears. */
  custom_fields: Record<string, unknown>
  /** Texts by key; null removes a key. */
  metadata: Record<string, string | null>
  /** Lists and keys that replace the stored ones. */
  replace: Partial<
    Pick<
      LeadFacts,
      'tags' | 'external_ids' | 'source_key' | 'campaign_key' | 'status' | 'archived' | 'account_id' | 'owner_id'
    >
  >
  /** Ids in other systems that join those that are there. */
  add_external_ids: ExternalId[]
}

export type EditVerdict =
  | { ok: true; changed: Partial<LeadFacts>; sources: FieldSources }
  /** A collection would have more members than a lead may have. */
  | { ok: false; field: keyof typeof LEAD_LIMITS; limit: number }

/** What an edit changes. */
export function mergeEdit(lead: LeadFacts, sources: FieldSources, edit: LeadEdit, source: FieldSource): EditVerdict {
  const writer = { by: source.by, explicit: true }
  const fields = decideFields(lead, sources, edit.fields, writer)
  const custom = decideCustomFields(lead.custom_fields, sources, edit.custom_fields, writer)
  const given = new Set(Object.keys(edit.fields))
  const written = nextSources(nextSources(sources, fields, source), custom, source)
  const builtIn = enrichBuiltIn(lead, { ...lead, ...fields.changed }, written, given, source.at)
  const changed = differenceOf(lead, {
    ...builtIn.lead,
    custom_fields: custom.next,
    metadata: mergeTexts(lead.metadata, edit.metadata),
    ...edit.replace,
    external_ids: addIds(edit.replace.external_ids ?? lead.external_ids, edit.add_external_ids),
  })
  const excess = findExcess(changed)
  if (excess !== undefined) return { ok: false, field: excess, limit: LEAD_LIMITS[excess] }
  return { ok: true, changed, sources: builtIn.sources }
}

/** A map of texts after a merge patch. */
export function mergeTexts(
  current: Record<string, string>,
  patch: Record<string, string | null>,
): Record<string, string> {
  const merged = Object.entries({ ...current, ...patch })
  return Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null))
}

/** A list of ids with further ones at its end, each once. */
export function addIds(ids: ExternalId[], added: ExternalId[]): ExternalId[] {
  const byKey = new Map(ids.map((id) => [`${id.system}\u0000${id.external_id}`, id]))
  for (const { system, external_id } of added) {
    const key = `${system}\u0000${external_id}`
    if (!byKey.has(key)) byKey.set(key, { system, external_id })
  }
  return [...byKey.values()]
}

function findExcess(changed: Partial<LeadFacts>): keyof typeof LEAD_LIMITS | undefined {
  const names = Object.keys(LEAD_LIMITS) as (keyof typeof LEAD_LIMITS)[]
  return names.find((name) => Object.keys(changed[name] ?? []).length > LEAD_LIMITS[name])
}
