/**
 * A lead's journey, as a table of contents: facts are loaded once, pure decisions run in order on the desk, and all
 * verdicts of a workspace's batch are written in one transaction.
 */

import type { PendingChange } from '../changes/change.ts'
import { recordChanges } from '../changes/record-change.ts'
import type { Tx } from '../db/client.ts'
import type { Intake } from '../domain/intake.ts'
import { toLead, toPrevious } from '../domain/lead-wire.ts'
import { type Desk, loadDesk } from './desk.ts'
import { insertRows, updateLeads } from './desk-queries.ts'
import { type Resolution, receiptOf, resolveLead } from './resolve-lead.ts'

/** Another writer took an identity between our look and our write: roll back and decide again with fresh facts. */
export class StaleFacts extends Error {}

/** Runs the journey for a batch of intakes, in their order. Throws StaleFacts when it has to be run again. */
export async function runJourney(tx: Tx, intakes: Intake[], now: Date): Promise<Resolution[]> {
  const desk = await loadDesk(tx, intakes)
  const resolutions = intakes.map((intake) => resolveLead(desk, intake, now))
  await writeDesk(tx, desk, now)
  await writeTrail(tx, resolutions, now)
  return resolutions
}

/** Writes the working copies: new leads, changed leads, new identities. */
export async function writeDesk(tx: Tx, desk: Desk, now: Date): Promise<void> {
  const all = [...desk.leads.values()]
  const created = all.filter((entry) => entry.state === 'new')
  const changed = all.filter((entry) => entry.state === 'changed')
  const sources = (entry: (typeof all)[number]) => ({ lead_id: entry.lead.id, sources: entry.sources })
  await insertRows(
    tx,
    'leads',
    created.map(({ lead }) => ({ ...lead })),
  )
  await insertRows(tx, 'lead_field_sources', created.map(sources))
  await updateLeads(
    tx,
    changed.map(({ lead }) => lead),
    changed.map(sources),
  )
  const identities = desk.newIdentities.toSorted((a, b) => compare(a.kind, b.kind) || compare(a.value, b.value))
  const at = now.toISOString()
  const inserted = await insertRows(
    tx,
    'identities',
    identities.map((identity) => ({ ...identity, created_at: at })),
  )
  if (inserted < identities.length) throw new StaleFacts('an identity was taken meanwhile')
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Writes what tells the story: activity and touch of each intake, its receipt, and the changes of the feed. */
async function writeTrail(tx: Tx, resolutions: Resolution[], now: Date): Promise<void> {
  const told = resolutions.filter((resolution) => resolution.outcome !== 'rejected')
  await insertRows(
    tx,
    'receipts',
    resolutions.map((resolution) => receiptOf(resolution, now)),
  )
  await insertRows(tx, 'activities', told.map(activityOf))
  await insertRows(tx, 'touches', told.filter(({ intake }) => intake.by === 'person').map(touchOf))
  recordChanges(
    tx,
    told.filter(({ outcome }) => outcome !== 'unchanged').map((resolution) => changeOf(resolution, now)),
  )
}

function activityOf({ intake, lead, outcome }: Resolution) {
  return {
    id: intake.id,
    lead_id: lead.id,
    type: intake.activity.type,
    occurred_at: intake.occurred_at,
    actor: intake.actor,
    subject: intake.activity.subject,
    data: { ...intake.activity.data, outcome },
    receipt_id: intake.receipt_id,
  }
}

function touchOf({ intake, lead }: Resolution) {
  return {
    id: intake.id,
    lead_id: lead.id,
    occurred_at: intake.occurred_at,
    kind: intake.activity.type,
    source_key: intake.source_key,
    campaign_key: intake.campaign_key,
    attribution: intake.attribution,
    submission_id: intake.activity.type === 'form_submitted' ? intake.id : null,
  }
}

function changeOf({ intake, outcome, lead, changed_fields, previous }: Resolution, now: Date): PendingChange {
  return {
    type: outcome === 'created' ? 'lead.created' : 'lead.updated',
    object_id: lead.id,
    actor: intake.actor,
    origin: intake.origin,
    occurred_at: now.toISOString(),
    object: toLead(lead),
    changed_fields,
    previous: toPrevious(previous),
  }
}
