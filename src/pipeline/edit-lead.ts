/** An explicit edit of one lead, by an API user: it always wins, may clear fields, and moves identities along. */
import { uuidv7 } from 'uuidv7'
import type { ChangeType } from '../changes/change.ts'
import { recordChange } from '../changes/record-change.ts'
import type { Caller } from '../ctx.ts'
import type { Statement, Tx } from '../db/client.ts'
import { type IntakeFields, identitiesOf } from '../domain/intake.ts'
import type { ExternalId, LeadFacts } from '../domain/lead.ts'
import { toLead, toPrevious } from '../domain/lead-wire.ts'
import { decideFields, decideMap, isEqual, nextSources } from '../domain/survivorship.ts'
import { changeLead, claimIdentities, type Desk, loadDesk } from './desk.ts'
import { insertRows, listIdentities } from './desk-queries.ts'
import { writeDesk } from './journey.ts'

export interface LeadEdit {
  fields: IntakeFields
  custom_fields?: Record<string, unknown>
  /** Maps, lists and keys that replace the stored ones. */
  replace: Partial<
    Pick<LeadFacts, 'tags' | 'metadata' | 'external_ids' | 'source_key' | 'campaign_key' | 'status' | 'archived'>
  >
}

export type EditResult =
  | { outcome: 'not_found' }
  | { outcome: 'stale'; version: number }
  | { outcome: 'duplicate'; existing_id: string }
  | { outcome: 'updated' | 'unchanged'; lead: LeadFacts }

const dropIdentities: Statement = {
  name: 'drop_identities',
  text: `DELETE FROM identities WHERE workspace_id = $1 AND lead_id = $2 AND (kind IN ('email', 'phone') OR kind LIKE 'external:%')
    AND NOT EXISTS (SELECT 1 FROM unnest($3::text[], $4::text[]) AS kept (kind, value) WHERE kept.kind = identities.kind AND kept.value = identities.value)`,
}

/** Applies an edit inside the caller's transaction. */
export async function editLead(
  tx: Tx,
  caller: Caller,
  id: string,
  edit: LeadEdit,
  expectedVersion: number | null,
  now: Date,
): Promise<EditResult> {
  const desk = await loadDesk(tx, [], [id])
  const entry = desk.leads.get(id)
  if (entry === undefined) return { outcome: 'not_found' }
  const { lead, sources } = entry
  if (expectedVersion !== null && expectedVersion !== lead.version) return { outcome: 'stale', version: lead.version }
  const { changed, previous } = diffOf(lead, edit)
  if (Object.keys(changed).length === 0) return { outcome: 'unchanged', lead }
  const next: LeadFacts = { ...lead, ...changed, version: lead.version + 1, updated_at: now.toISOString() }
  const taken = await moveIdentities(tx, desk, next, lead)
  if (taken !== null) return { outcome: 'duplicate', existing_id: taken }
  const source = { by: 'person' as const, source: 'api', at: now.toISOString() }
  changeLead(
    desk,
    next,
    nextSources(
      sources,
      Object.keys(changed).filter((field) => field in edit.fields),
      source,
    ),
  )
  await writeDesk(tx, desk, now)
  await tellEdit(tx, caller, next, Object.keys(changed), previous, now)
  return { outcome: 'updated', lead: next }
}

function diffOf(lead: LeadFacts, edit: LeadEdit): { changed: Partial<LeadFacts>; previous: Record<string, unknown> } {
  const fields = decideFields(lead, {}, edit.fields, 'person', true)
  const changed: Record<string, unknown> = { ...fields.changed }
  const previous: Record<string, unknown> = { ...fields.previous }
  const custom = edit.custom_fields === undefined ? null : decideMap(lead.custom_fields, edit.custom_fields, true)
  const replacements = { ...edit.replace, ...(custom !== null && { custom_fields: custom }) }
  for (const [field, value] of Object.entries(replacements)) {
    const current = lead[field as keyof LeadFacts]
    if (isEqual(current, value)) continue
    changed[field] = value
    previous[field] = current
  }
  return { changed, previous }
}

/** Gives the lead the identities of its new values and drops those of its old ones; returns the lead that has one already. */
async function moveIdentities(tx: Tx, desk: Desk, next: LeadFacts, before: LeadFacts): Promise<string | null> {
  const wanted = identitiesOf(fieldsOf(next), next.external_ids)
  if (isEqual(wanted, identitiesOf(fieldsOf(before), before.external_ids))) return null
  for (const stored of await listIdentities(tx, wanted)) {
    // A shared phone is no proof of a duplicate: the first owner keeps it.
    if (stored.lead_id !== next.id && stored.kind !== 'phone') return stored.lead_id
    desk.owners.set(`${stored.kind}\u0000${stored.value}`, stored.lead_id)
  }
  await tx.query(dropIdentities, [tx.workspaceId, next.id, wanted.map((i) => i.kind), wanted.map((i) => i.value)])
  claimIdentities(desk, next.id, wanted)
  return null
}

const fieldsOf = ({ email, phone }: LeadFacts): IntakeFields & { external_ids?: ExternalId[] } => ({ email, phone })

async function tellEdit(
  tx: Tx,
  caller: Caller,
  lead: LeadFacts,
  fields: string[],
  previous: Record<string, unknown>,
  now: Date,
): Promise<void> {
  const at = now.toISOString()
  const data = { changed_fields: fields }
  const activity = {
    id: uuidv7(),
    lead_id: lead.id,
    type: 'lead_updated',
    occurred_at: at,
    actor: caller.actor,
    subject: null,
    data,
    receipt_id: null,
  }
  await insertRows(tx, 'activities', [activity])
  recordChange(tx, {
    type: typeOf(fields, lead),
    object_id: lead.id,
    actor: caller.actor,
    origin: caller.origin,
    occurred_at: at,
    object: toLead(lead),
    changed_fields: fields,
    previous: toPrevious(previous),
  })
}

function typeOf(fields: string[], lead: LeadFacts): ChangeType {
  if (fields.length === 1 && fields[0] === 'archived') return lead.archived ? 'lead.archived' : 'lead.restored'
  return 'lead.updated'
}
