/**
 * What edits mean for assignments: an owner set by hand is an assignment like any other, a lead whose work is over leaves
 * the desk of its owner, and one that is taken up again returns to it. Decided on the desk, before it is written.
 */
import type { Tx } from '../../db/client.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { newId } from '../../domain/new-id.ts'
import { isWorkable } from '../../domain/routing/workable.ts'
import type { Desk } from '../desk.ts'
import { tellAssignment } from './assign-on-desk.ts'
import type { AssignmentCause, AssignmentOrder, NewAssignment } from './assignment-order.ts'
import { listGoneSellers } from './assignment-queries.ts'

/** Adds the orders that follow from what changed; leads that have one already keep it. */
export async function settleOwners(tx: Tx, desk: Desk, now: Date): Promise<void> {
  const orders = [...desk.leads.values()].flatMap(({ lead, stored }) => {
    const order = stored === lead || desk.orders.has(lead.id) ? null : orderOf(lead, stored, actorOf(desk, lead.id))
    return order === null ? [] : [{ lead, order }]
  })
  const gone = await listGoneSellers(
    tx,
    orders.flatMap(({ lead, order }) => (order.start?.cause === 'reopened' ? (lead.owner_id ?? []) : [])),
  )
  for (const { lead, order } of orders) {
    // Who has left gets nothing back: the rules find somebody else.
    const start = gone.has(lead.owner_id ?? '') ? null : order.start
    desk.orders.set(lead.id, { ...order, start })
    if (start !== null) tellAssignment(desk, { actor: order.actor, origin: null }, lead, start, now)
  }
}

function orderOf(lead: LeadFacts, stored: LeadFacts | null, actor: string): AssignmentOrder | null {
  const was = stored !== null && stored.owner_id !== null && isWorkable(stored) ? stored.owner_id : null
  const is = isWorkable(lead) ? lead.owner_id : null
  const isOver = stored !== null && isWorkable(stored) && !isWorkable(lead)
  if (isOver) return { actor, end: { reason: 'closed', note: null, credit: false }, start: null, known: null }
  if (was === is) return null
  const cause = stored?.owner_id === is ? 'reopened' : 'manual'
  return {
    actor,
    end: { reason: 'owner_changed', note: null, credit: false },
    start: is === null ? null : newAssignment(is, cause),
    known: null,
  }
}

const newAssignment = (userId: string, cause: AssignmentCause): NewAssignment => ({
  id: newId(),
  target: { kind: 'user', user_id: userId },
  pool_key: null,
  cause,
  note: null,
  facts: null,
})

/** Who made the last change to a lead on this desk. */
function actorOf({ trail }: Desk, leadId: string): string {
  return trail.changes.findLast((change) => change.object_id === leadId)?.actor ?? 'system'
}
