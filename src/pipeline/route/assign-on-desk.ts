/** Gives and takes leads on the desk: the owner, the line of the timeline, the change. Written with the desk. */
import type { LeadFacts } from '../../domain/lead.ts'
import { toLead } from '../../domain/lead-wire.ts'
import { newId } from '../../domain/new-id.ts'
import { type Desk, onDesk, putLead } from '../desk.ts'
import { ownerChangeOf, type Teller } from '../tell-story.ts'
import type { AssignmentEnd, AssignmentTarget, NewAssignment } from './assignment-order.ts'

/** The owner that a target makes. */
export const ownerOfTarget = (target: AssignmentTarget): string | null =>
  target.kind === 'user' ? target.user_id : null

/** How an open assignment ends when another one takes its place. */
export const REPLACED: AssignmentEnd = { reason: 'reassigned', note: null, credit: false }

/** Gives a lead to a target; the assignment that is open ends as `end` says. */
export function assignOnDesk(
  desk: Desk,
  teller: Teller,
  leadId: string,
  start: NewAssignment,
  now: Date,
  end: AssignmentEnd = REPLACED,
): LeadFacts {
  const lead = setOwner(desk, teller, leadId, ownerOfTarget(start.target), now)
  desk.orders.set(leadId, { actor: teller.actor, end, start, known: null })
  tellAssignment(desk, teller, lead, start, now)
  return lead
}

/** Ends the open assignment of a lead; nobody owns it afterwards, unless `keepOwner`. */
export function releaseOnDesk(
  desk: Desk,
  teller: Teller,
  leadId: string,
  end: AssignmentEnd,
  now: Date,
  keepOwner = false,
): LeadFacts {
  const { lead } = onDesk(desk, leadId)
  desk.orders.set(leadId, { actor: teller.actor, end, start: null, known: null })
  return keepOwner ? lead : setOwner(desk, teller, leadId, null, now)
}

function setOwner(desk: Desk, teller: Teller, leadId: string, ownerId: string | null, now: Date): LeadFacts {
  const { lead, sources } = onDesk(desk, leadId)
  if (lead.owner_id === ownerId) return lead
  const next = { ...lead, owner_id: ownerId, version: lead.version + 1, updated_at: now.toISOString() }
  putLead(desk, next, sources)
  desk.trail.changes.push(ownerChangeOf(next, { owner_id: lead.owner_id }, teller, now))
  return next
}

/** One line of the timeline for each assignment; a lead that waits to be pulled has no new owner but a change of its own. */
export function tellAssignment(desk: Desk, teller: Teller, lead: LeadFacts, start: NewAssignment, now: Date): void {
  const { target, pool_key, cause } = start
  desk.trail.activities.push({
    id: newId(),
    lead_id: lead.id,
    type: target.kind === 'user' ? 'lead_assigned' : target.kind === 'queue' ? 'lead_queued' : 'lead_offered',
    occurred_at: now.toISOString(),
    actor: teller.actor,
    subject: null,
    data: { assignment_id: start.id, ...(target.kind === 'user' && { user_id: target.user_id }), pool_key, cause },
    receipt_id: start.facts?.receipt_id ?? null,
  })
  if (target.kind !== 'queue') return
  desk.trail.changes.push({
    type: 'lead.queued',
    object_id: lead.id,
    actor: teller.actor,
    origin: teller.origin,
    occurred_at: now.toISOString(),
    object: toLead(lead),
    changed_fields: [],
    previous: {},
  })
}
