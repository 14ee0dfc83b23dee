/** The one way in for events, whatever door they come by: each once, stored, counted. */
import type { Tx } from '../../db/client.ts'
import { claimEventKeys, insertEvents, type NewEvent } from './event-queries.ts'
import { foldEvents } from './fold-events.ts'

/**
 * Appends events and folds them. Returns, in their order, the id of each: its own, or that of the event that had the same
 * key before. The caller has made sure of the partitions (requireEventPartitions) and that the leads exist.
 */
export async function appendEvents(tx: Tx, events: readonly NewEvent[], receivedAt: string): Promise<string[]> {
  const firstOf = new Map<string, string>()
  for (const { event_key, id } of events) {
    if (event_key !== null && !firstOf.has(event_key)) firstOf.set(event_key, id)
  }
  for (const [key, id] of await claimEventKeys(tx, firstOf, receivedAt)) firstOf.set(key, id)
  const ids = events.map(({ event_key, id }) => (event_key === null ? id : (firstOf.get(event_key) ?? id)))
  const fresh = events.filter(({ id }, i) => ids[i] === id)
  await Promise.all([insertEvents(tx, fresh), foldEvents(tx, fresh)])
  return ids
}
