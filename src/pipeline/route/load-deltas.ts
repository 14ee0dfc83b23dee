/** By how much orders change what sellers have on their desks. */
import { dayNumber, mondayNumber, writeDay } from '../../domain/routing/local-day.ts'
import type { AssignmentOrder } from './assignment-order.ts'
import type { AssignmentRow, LoadDelta } from './assignment-queries.ts'

interface LoadChange {
  user_id: string
  open: number
  received: number
  /** When it was received, epoch milliseconds: only today's and this week's leads are counted. */
  since: number
}

/** One difference for each seller, in the order of their ids, so that writers wait for each other in one order. */
export function loadDeltas(
  ended: readonly AssignmentRow[],
  orders: readonly AssignmentOrder[],
  zones: ReadonlyMap<string, string>,
  now: Date,
): LoadDelta[] {
  const deltas = new Map<string, LoadDelta>()
  for (const { user_id, open, received, since } of changesOf(ended, orders, now)) {
    const zone = zones.get(user_id) ?? 'UTC'
    const day = dayNumber(zone, now.getTime())
    const week = mondayNumber(day)
    let delta = deltas.get(user_id)
    if (delta === undefined) {
      delta = { user_id, open: 0, day: writeDay(day), today: 0, week: writeDay(week), this_week: 0 }
      deltas.set(user_id, delta)
    }
    const then = dayNumber(zone, since)
    delta.open += open
    if (then === day) delta.today += received
    if (mondayNumber(then) === week) delta.this_week += received
  }
  return [...deltas.values()].sort((a, b) => (a.user_id < b.user_id ? -1 : 1))
}

const changesOf = (ended: readonly AssignmentRow[], orders: readonly AssignmentOrder[], now: Date): LoadChange[] => [
  ...ended.flatMap(({ user_id, credited_at, assigned_at }) => {
    // Whose turn was given back has not received the lead either, if that was today.
    const received = credited_at === null ? 0 : -1
    return user_id === null ? [] : [{ user_id, open: -1, received, since: Date.parse(assigned_at) }]
  }),
  ...orders.flatMap(({ start }) =>
    start?.target.kind === 'user'
      ? [{ user_id: start.target.user_id, open: 1, received: 1, since: now.getTime() }]
      : [],
  ),
]
