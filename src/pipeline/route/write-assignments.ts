/** Writes what was ordered on a desk: assignments end and begin, and what their sellers have on the desk follows. */
import type { Tx } from '../../db/client.ts'
import { type Desk, onDesk } from '../desk.ts'
import { type AssignmentOrder, mayHaveOpen, type NewAssignment } from './assignment-order.ts'
import {
  type AssignmentRow,
  addToLoads,
  creditTurns,
  endAssignments,
  insertAssignments,
  listArrivals,
  listZones,
} from './assignment-queries.ts'
import { loadDeltas } from './load-deltas.ts'
import { nudgeUnrouted } from './retry-unrouted.ts'
import { deleteUnrouted } from './route-queries.ts'

type Orders = [leadId: string, order: AssignmentOrder][]

/** Writes the orders of a desk. Their leads are locked; the index on open assignments refuses a second one. */
export async function writeAssignments(tx: Tx, desk: Desk, now: Date): Promise<void> {
  if (desk.orders.size === 0) return
  const orders: Orders = [...desk.orders].sort(([a], [b]) => (a < b ? -1 : 1))
  const [ended, arrivals] = await Promise.all([
    endAssignments(
      tx,
      orders.filter(([, order]) => mayHaveOpen(order)),
      now,
    ),
    listArrivals(
      tx,
      orders.flatMap(([leadId, { start, known }]) => (start !== null && known === null ? [leadId] : [])),
    ),
  ])
  for (const row of ended) arrivals.set(row.lead_id, row.arrived_at)
  const zones = await zonesOf(tx, ended, orders)
  const started = orders.flatMap(([leadId, { actor, start, known }]) =>
    start === null ? [] : [{ leadId, actor, start, known }],
  )
  const deltas = loadDeltas(
    ended,
    orders.map(([, order]) => order),
    zones,
    now,
  )
  // Who has one lead less may take one that waits, whoever has it now.
  const freed = ended.filter((row) => row.user_id !== null).length
  insertAssignments(
    tx,
    started.map(({ leadId, actor, start, known }) => {
      const arrived = arrivals.get(leadId) ?? known?.arrived_at ?? onDesk(desk, leadId).lead.created_at
      return rowOf(leadId, actor, start, { arrived_at: arrived, now })
    }),
  )
  addToLoads(tx, deltas)
  const credited = ended.filter((row) => row.credited_at !== null)
  creditTurns(tx, credited)
  const unrouted = started.flatMap(({ leadId, known }) => (known?.isUnrouted === false ? [] : [leadId]))
  deleteUnrouted(tx, unrouted)
  await nudgeUnrouted(tx, freed)
}

/** The time zones of all whose desks change. */
async function zonesOf(tx: Tx, ended: readonly AssignmentRow[], orders: Orders): Promise<Map<string, string>> {
  const zones = new Map<string, string>()
  const asked = new Set(ended.flatMap(({ user_id }) => user_id ?? []))
  for (const [, { start, known }] of orders) {
    if (start?.target.kind !== 'user') continue
    if (known?.zone == null) asked.add(start.target.user_id)
    else zones.set(start.target.user_id, known.zone)
  }
  const unknown = [...asked].filter((userId) => !zones.has(userId))
  for (const [userId, zone] of await listZones(tx, unknown)) zones.set(userId, zone)
  return zones
}

function rowOf(
  leadId: string,
  actor: string,
  start: NewAssignment,
  { arrived_at, now }: { arrived_at: string; now: Date },
) {
  const { target, facts } = start
  const at = now.toISOString()
  return {
    id: start.id,
    lead_id: leadId,
    target: target.kind,
    user_id: target.kind === 'user' ? target.user_id : null,
    buyer_key: target.kind === 'buyer' ? target.buyer_key : null,
    pool_key: start.pool_key,
    cause: start.cause,
    actor,
    note: start.note,
    ...facts,
    // A clock that was set back must not make a lead older than its assignment.
    arrived_at: arrived_at < at ? arrived_at : at,
    assigned_at: at,
    version: 1,
    updated_at: at,
  }
}
