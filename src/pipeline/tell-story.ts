/** What a decision about a lead leaves behind on the desk: its receipt, a line of the timeline, a touch, changes. */
import type { ChangeType, PendingChange } from '../changes/change.ts'
import type { LeadFacts } from '../domain/lead.ts'
import { toLead, toWireIds } from '../domain/lead-wire.ts'
import type { Desk } from './desk.ts'
import { type Resolution, receiptOf } from './resolve-lead.ts'

/** Who writes, as it is told in changes and activities; every `Caller` is one. */
export interface Teller {
  readonly actor: string
  readonly origin: string | null
}

/** Tells what became of an intake. A rejected one leaves its receipt only. */
export function tellResolution(desk: Desk, resolution: Resolution, now: Date): void {
  const { intake, lead, outcome, changed_fields, previous } = resolution
  const { trail } = desk
  trail.receipts.push(receiptOf(resolution, now))
  if (outcome === 'rejected') return
  trail.activities.push({
    id: intake.id,
    lead_id: lead.id,
    type: intake.activity.type,
    occurred_at: intake.occurred_at,
    actor: intake.actor,
    subject: intake.activity.subject,
    data: { ...intake.activity.data, issues: intake.issues, outcome },
    receipt_id: intake.receipt_id,
  })
  if (intake.by === 'person') trail.touches.push(touchOf(resolution))
  if (outcome === 'created') trail.changes.push(changeOf('lead.created', lead, changed_fields, {}, intake, now))
  else trail.changes.push(...updatesOf(lead, changed_fields, previous, intake, now))
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

/** Tells about an edit by an API user; `activityId` is the id of its line in the timeline. */
export function tellEdit(
  desk: Desk,
  lead: LeadFacts,
  previous: Record<string, unknown>,
  teller: Teller,
  activityId: string,
  now: Date,
): void {
  const changedFields = Object.keys(previous)
  desk.trail.activities.push({
    id: activityId,
    lead_id: lead.id,
    type: 'lead_updated',
    occurred_at: now.toISOString(),
    actor: teller.actor,
    subject: null,
    data: { changed_fields: changedFields },
    receipt_id: null,
  })
  desk.trail.changes.push(...updatesOf(lead, changedFields, previous, teller, now))
}

/** Archiving, restoring and a new owner are facts of their own, so that who listens for them need not compare fields. */
function updatesOf(
  lead: LeadFacts,
  fields: string[],
  previous: Record<string, unknown>,
  teller: Teller,
  now: Date,
): PendingChange[] {
  const others = fields.filter((field) => field !== 'archived' && field !== 'owner_id')
  const changes: PendingChange[] = []
  if (others.length > 0) changes.push(changeOf('lead.updated', lead, others, previous, teller, now))
  if (fields.includes('owner_id')) changes.push(ownerChangeOf(lead, previous, teller, now))
  if (fields.includes('archived')) {
    const type = lead.archived ? 'lead.archived' : 'lead.restored'
    changes.push(changeOf(type, lead, ['archived'], previous, teller, now))
  }
  return changes
}

/** The change of a lead that got an owner, got another one, or lost it. */
export function ownerChangeOf(
  lead: LeadFacts,
  previous: Record<string, unknown>,
  teller: Teller,
  now: Date,
): PendingChange {
  return changeOf(
    lead.owner_id === null ? 'lead.unassigned' : 'lead.assigned',
    lead,
    ['owner_id'],
    previous,
    teller,
    now,
  )
}

function changeOf(
  type: ChangeType,
  lead: LeadFacts,
  fields: string[],
  previous: Record<string, unknown>,
  { actor, origin }: Teller,
  now: Date,
): PendingChange {
  return {
    type,
    object_id: lead.id,
    actor,
    origin,
    occurred_at: now.toISOString(),
    object: toLead(lead),
    changed_fields: fields,
    previous: toWireIds(Object.fromEntries(fields.filter((f) => f in previous).map((f) => [f, previous[f]]))),
  }
}
