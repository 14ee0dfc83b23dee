// What a lead knows after an intake: fields by survivorship, collections grow, maps merge key by key, the first touch
// keeps source and campaign, what was only inferred fills blanks, and a lead that returns is no longer archived.
import { enrichBuiltIn, isGuess } from './enrichment/built-in.ts'
import type { Intake } from './intake.ts'
import { type FieldSources, LEAD_LIMITS, LEAD_TEXT_FIELDS, type LeadFacts, type LeadTextField } from './lead.ts'
import { decideCustomFields, decideFields, differenceOf, type KeptField, nextSources } from './survivorship.ts'

export interface Merged {
  /** New values of the fields that differ. */
  changed: Partial<LeadFacts>
  sources: FieldSources
  kept: KeptField[]
}

/** Merges what an intake brings into a lead, which may be a blank one. */
export function mergeIntake(lead: LeadFacts, sources: FieldSources, intake: Intake): Merged {
  const writer = { by: intake.by, explicit: false }
  const fields = decideFields(lead, sources, intake.fields, writer)
  const custom = decideCustomFields(lead.custom_fields, sources, intake.custom_fields, writer)
  const typed = { ...lead, ...fields.changed }
  const inferred = decideFields(typed, sources, blanksOf(typed, sources, intake), { by: 'machine', explicit: false })
  const collections = growCollections(lead, intake)
  const source = { by: intake.by, source: intake.source, at: intake.occurred_at }
  const typedSources = nextSources(nextSources(sources, fields, source), custom, source)
  const builtIn = enrichBuiltIn(
    lead,
    { ...typed, ...inferred.changed },
    nextSources(typedSources, inferred, { ...source, by: 'machine' }),
    NOTHING_CLEARED,
    intake.occurred_at,
  )
  const changed = differenceOf(lead, {
    ...builtIn.lead,
    custom_fields: custom.next,
    ...collections.next,
    source_key: lead.source_key ?? intake.source_key,
    campaign_key: lead.campaign_key ?? intake.campaign_key,
    archived: false,
    ...intake.set,
  })
  return {
    changed,
    sources: builtIn.sources,
    kept: [...fields.kept, ...custom.kept, ...collections.kept],
  }
}

/** An intake adds: whoever leaves a field out has not said that it is empty. */
const NOTHING_CLEARED: ReadonlySet<string> = new Set()

/** What was inferred about fields that are still blank, or hold a mere guess of ours. */
function blanksOf(
  lead: LeadFacts,
  sources: FieldSources,
  { inferred }: Intake,
): Partial<Record<(typeof LEAD_TEXT_FIELDS)[number], string>> {
  if (inferred === undefined) return {}
  const entries = LEAD_TEXT_FIELDS.map((field) => [field, inferred[field]] as const)
  const isOpen = (field: LeadTextField) => lead[field] === null || isGuess(sources[field])
  return Object.fromEntries(entries.filter(([field, value]) => typeof value === 'string' && isOpen(field)))
}

/** Tags, metadata and external ids only grow; what would exceed a limit stays out, and that is told. */
function growCollections(
  lead: LeadFacts,
  { tags, metadata, external_ids }: Intake,
): { next: Pick<LeadFacts, 'tags' | 'metadata' | 'external_ids'>; kept: KeptField[] } {
  const kept: KeptField[] = []
  const cut = <T>(field: 'tags' | 'metadata' | 'external_ids', items: T[]): T[] => {
    if (items.length > LEAD_LIMITS[field]) kept.push({ field, reason: 'too_many' })
    return items.slice(0, LEAD_LIMITS[field])
  }
  const known = new Set(lead.external_ids.map(({ system, external_id }) => `${system}\u0000${external_id}`))
  const added = external_ids.filter(({ system, external_id }) => {
    const key = `${system}\u0000${external_id}`
    return !known.has(key) && known.add(key)
  })
  const next = {
    tags: cut('tags', [...new Set([...lead.tags, ...tags])]),
    metadata: Object.fromEntries(cut('metadata', Object.entries({ ...lead.metadata, ...metadata }))),
    external_ids: cut('external_ids', [...lead.external_ids, ...added]),
  }
  return { next, kept }
}
