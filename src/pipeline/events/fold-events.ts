/** What follows from events of leads, in the transaction that stored them: counters, and work for the pipeline. */
import type { Tx } from '../../db/client.ts'
import { type CountedEvent, countEvents } from '../../domain/behaviour/count-events.ts'
import { markWork } from '../mark-work.ts'
import { addCounts } from './event-queries.ts'

/** Folds new events into the counters of their leads and has the leads judged again. In any order, with the same result. */
export async function foldEvents(tx: Tx, events: readonly CountedEvent[]): Promise<void> {
  const counts = countEvents(events)
  if (counts.length === 0) return
  const leads = [...new Set(counts.map(({ lead_id }) => lead_id))]
  await Promise.all([addCounts(tx, counts), markWork(tx, leads, 'event')])
}
