/** Another verdict on stored events: counters, the timeline and the judge follow. */
import type { Tx } from '../../db/client.ts'
import { markWork } from '../mark-work.ts'
import { type EventSelection, judgeEvents, type MovedEvent, recountDays } from './ownership-queries.ts'
import { reopenVisits } from './visit-queries.ts'

/** Gives the selected events a verdict, up to `limit` of those that have another; returns how many changed. */
export async function rejudgeEvents(
  tx: Tx,
  selection: EventSelection,
  verdict: { is_bot: boolean; bot_probability: number },
  limit: number,
): Promise<number> {
  const changed = await judgeEvents(tx, selection, verdict, limit)
  const ofLeads = changed.filter(({ lead_id }) => lead_id !== null)
  await reopenVisits(tx, timesOf(ofLeads))
  await recountDays(tx, ofLeads)
  await markWork(tx, [...new Set(ofLeads.map(({ lead_id }) => lead_id ?? ''))], 'event')
  return changed.length
}

function timesOf(events: readonly MovedEvent[]) {
  const times = new Map<string, { visitor_id: string; first_at: string; last_at: string }>()
  for (const { visitor_id, occurred_at } of events) {
    if (visitor_id === null) continue
    const known = times.get(visitor_id) ?? { visitor_id, first_at: occurred_at, last_at: occurred_at }
    if (occurred_at < known.first_at) known.first_at = occurred_at
    if (occurred_at > known.last_at) known.last_at = occurred_at
    times.set(visitor_id, known)
  }
  return [...times.values()]
}
