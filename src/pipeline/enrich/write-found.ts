/** Writes what a provider found into the lead and its company, as a machine: blanks are filled, people's words stay. */
import type { Tx } from '../../db/client.ts'
import type { AccountFacts } from '../../domain/account.ts'
import type { AccountFields } from '../../domain/account-fields.ts'
import { enrichBuiltIn } from '../../domain/enrichment/built-in.ts'
import { chooseValues, PROVIDER_SOURCE } from '../../domain/enrichment/providers/choose-values.ts'
import type { EnrichmentPolicy, EnrichmentProvider } from '../../domain/enrichment/providers/enrichment-policy.ts'
import type { KeptValue } from '../../domain/enrichment/providers/enrichment-run.ts'
import type { FoundValues } from '../../domain/enrichment/providers/read-response.ts'
import { identitiesOf } from '../../domain/intake.ts'
import type { FieldSource, FieldSources, LeadFacts } from '../../domain/lead.ts'
import { toLead, toWireIds } from '../../domain/lead-wire.ts'
import { decideCustomFields, decideFields, differenceOf, previousOf } from '../../domain/survivorship.ts'
import { type Desk, onDesk, putLead } from '../desk.ts'
import { claimIdentities } from '../identity-book.ts'
import { upsertAccount } from '../write-account.ts'

/** How the system signs what it writes. */
const SYSTEM = { actor: 'system', origin: null }

export interface WrittenFields {
  /** Fields of the lead and of its company that changed. */
  fields: string[]
  /** What was found and did not win. */
  kept: KeptValue[]
}

/** Puts values on the desk; the caller writes the desk. */
export async function writeFound(
  tx: Tx,
  desk: Desk,
  leadId: string,
  found: FoundValues,
  {
    policy,
    provider,
    account,
  }: { policy: EnrichmentPolicy; provider: EnrichmentProvider; account: AccountFacts | null },
  now: Date,
): Promise<WrittenFields> {
  const at = now.toISOString()
  const { lead, sources } = onDesk(desk, leadId)
  const chosen = chooseValues(lead, sources, found, policy, provider.key, at)
  const writer = { by: 'machine', explicit: false } as const
  const fields = decideFields(lead, sources, chosen.fields, writer)
  const custom = decideCustomFields(lead.custom_fields, sources, chosen.custom_fields, writer)
  const written = [...fields.written, ...custom.written]
  const sourced = addSources(sources, written, (field) => sourceOf(provider, found.confidence[field], now))
  const builtIn = enrichBuiltIn(lead, { ...lead, ...fields.changed }, sourced, new Set(written), at)
  const changed = differenceOf(lead, { ...builtIn.lead, custom_fields: custom.next })
  if (Object.keys(changed).length > 0) putEnriched(desk, lead, changed, builtIn.sources, now)
  else if (written.length > 0) putLead(desk, { ...lead }, builtIn.sources)
  const company = await fillAccount(tx, account, found.account, now)
  return {
    fields: [...written, ...company.fields],
    kept: [...leftOut(found), ...chosen.kept, ...fields.kept, ...custom.kept, ...company.kept],
  }
}

/** What an answer holds and nobody can use. */
export const leftOut = ({ dropped }: FoundValues): KeptValue[] =>
  dropped.map(({ target, reason }) => ({ field: target, reason }))

function putEnriched(desk: Desk, lead: LeadFacts, changed: Partial<LeadFacts>, sources: FieldSources, now: Date): void {
  const at = now.toISOString()
  const next = { ...lead, ...changed, version: lead.version + 1, updated_at: at }
  putLead(desk, next, sources)
  // A number that another lead has stays with it; a blank that was filled frees nothing.
  if (changed.phone !== undefined) claimIdentities(desk.book, lead.id, identitiesOf({ phone: next.phone }, []))
  desk.trail.changes.push({
    type: 'lead.enriched',
    object_id: lead.id,
    ...SYSTEM,
    occurred_at: at,
    object: toLead(next),
    changed_fields: Object.keys(changed),
    previous: toWireIds({ ...previousOf(lead, changed) }),
  })
}

function addSources(sources: FieldSources, written: string[], of: (field: string) => FieldSource): FieldSources {
  return { ...sources, ...Object.fromEntries(written.map((field) => [field, of(field)])) }
}

function sourceOf({ key, expires_after_days }: EnrichmentProvider, confidence = 0, now: Date): FieldSource {
  const source: FieldSource = { by: 'machine', source: PROVIDER_SOURCE + key, at: now.toISOString(), confidence }
  if (expires_after_days === null) return source
  return { ...source, expires_at: new Date(now.getTime() + expires_after_days * 86_400_000).toISOString() }
}

/** Fields of a company have no sources, so only blanks are filled. */
async function fillAccount(
  tx: Tx,
  account: AccountFacts | null,
  found: AccountFields,
  now: Date,
): Promise<WrittenFields> {
  const { domain: _, ...given } = found
  const entries = Object.entries(given).filter(([, value]) => value !== null)
  const keep = (name: string, reason: string) => ({ field: `account.${name}`, reason })
  if (account === null) return { fields: [], kept: entries.map(([name]) => keep(name, 'no_company')) }
  const isBlank = ([name]: [string, unknown]) => account[name as keyof AccountFacts] === null
  const blanks = entries.filter(isBlank)
  const kept = entries.filter((entry) => !isBlank(entry)).map(([name]) => keep(name, 'filled'))
  if (blanks.length === 0) return { fields: [], kept }
  const fields: AccountFields = Object.fromEntries(blanks)
  const address = { id: account.id, externalIds: [], description: [], onDuplicate: 'update' as const }
  const edit = { fields, custom_fields: {}, metadata: {}, replace: {}, add_external_ids: [] }
  const result = await upsertAccount(
    tx,
    SYSTEM,
    {
      address: { ...address, createOnly: false, createIfMissing: false },
      edit,
      newId: account.id,
      expectedVersion: null,
    },
    now,
  )
  return { fields: result.outcome === 'updated' ? blanks.map(([name]) => `account.${name}`) : [], kept }
}
