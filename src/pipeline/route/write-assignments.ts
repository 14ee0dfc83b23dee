/** Writes what was ordered on a desk: assignments end and begin, and what their sellers have on the desk follows. */
import type { Tx } from '../../db/client.ts'
import { dayNumber, mondayNumber, writeDay } from '../../domain/routing/local-day.ts'
import { type Desk, onDesk } from '../desk.ts'
import type { AssignmentOrder, NewAssignment } from './assignment-order.ts'
import {
  type AssignmentRow,
  addToLoads,
  creditTurns,
  endAssignments,
  insertAssignments,
  type LoadDelta,
  listArrivals,
  listZones,
} from './assignment-queries.ts'
import { nudgeUnrouted } from './retry-unrouted.ts'
import { deleteUnrouted } from './route-queries.ts'

/** Writes the orders of a desk. Their leads are locked; the index on open assignments refuses a second one. */
export async function writeAssignments(tx: Tx, desk: Desk, now: Date): Promise<void> {
  if (desk.orders.size === 0) return
  const orders = [...desk.orders].sort(([a], [b]) => (a < b ? -1 : 1))
  const ended = await endAssignments(tx, orders, now)
  const started = orders.flatMap(([leadId, order]) =>
    order.start === null ? [] : [{ leadId, actor: order.actor, start: order.start }],
  )
  const known = new Map(ended.map((row) => [row.lead_id, row.arrived_at]))
  const arrivals = await listArrivals(
    tx,
    started.map(({ leadId }) => leadId).filter((leadId) => !known.has(leadId)),
  )
  await insertAssignments(
    tx,
    started.map(({ leadId, actor, start }) =>
      rowOf(leadId, actor, start, {
        arrived_at: known.get(leadId) ?? arrivals.get(leadId) ?? onDesk(desk, leadId).lead.created_at,
        now,
      }),
    ),
  )
  await moveLoads(tx, ended, orders, now)
  await creditTurns(
    tx,
    ended.filter((row) => row.credited_at !== null),
  )
  await deleteUnrouted(
    tx,
    started.map(({ leadId }) => leadId),
  )
  // Who has one lead less may take one that waits.
  const freed = ended.filter((row) => row.user_id !== null).length
  if (freed > started.length) await nudgeUnrouted(tx, freed - started.length)
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

/** One difference for each seller, in the order of their ids, so that writers wait for each other in one order. */
async function moveLoads(
  tx: Tx,
  ended: AssignmentRow[],
  orders: [string, AssignmentOrder][],
  now: Date,
): Promise<void> {
  const changes = [
    ...ended.flatMap((row) => {
      if (row.user_id === null) return []
      // Whose turn was given back has not received the lead either, if that was today.
      return [{ user_id: row.user_id, open: -1, received: row.credited_at === null ? 0 : -1, since: row.assigned_at }]
    }),
    ...orders.flatMap(([, { start }]) =>
      start?.target.kind === 'user'
        ? [{ user_id: start.target.user_id, open: 1, received: 1, since: now.toISOString() }]
        : [],
    ),
  ]
  if (changes.length === 0) return
  const zones = await listZones(tx, [...new Set(changes.map(({ user_id }) => user_id))])
  const deltas = new Map<string, LoadDelta>()
  for (const { user_id, open, received, since } of changes) {
    const zone = zones.get(user_id) ?? 'UTC'
    const day = dayNumber(zone, now.getTime())
    const week = mondayNumber(day)
    const blank = { user_id, open: 0, day: writeDay(day), today: 0, week: writeDay(week), this_week: 0 }
    const delta = deltas.get(user_id) ?? blank
    const then = dayNumber(zone, Date.parse(since))
    deltas.set(user_id, {
      ...delta,
      open: delta.open + open,
      today: delta.today + (then === day ? received : 0),
      this_week: delta.this_week + (mondayNumber(then) === week ? received : 0),
    })
  }
  await addToLoads(
    tx,
    [...deltas.values()].sort((a, b) => (a.user_id < b.user_id ? -1 : 1)),
  )
}
