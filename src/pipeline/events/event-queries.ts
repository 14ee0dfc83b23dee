/** Every statement that writes events, their keys and their counters. */
import type { Statement, Tx } from '../../db/client.ts'
import type { EventCount } from '../../domain/behaviour/count-events.ts'
import type { StoredEvent } from '../../domain/behaviour/event.ts'

/** A new event; `event_key` is the digest of the id that its sender gave it, null when it gave none. */
export interface NewEvent extends StoredEvent {
  event_key: string | null
}

const insertStatement: Statement = {
  name: 'insert_events',
  text: `INSERT INTO events (workspace_id, occurred_at, id, lead_id, visitor_id, name, properties, source, url,
      bot_probability, is_bot, bot_signs, received_at)
    SELECT $1, r.occurred_at, r.id, r.lead_id, r.visitor_id, r.name, r.properties, r.source, r.url,
      r.bot_probability, r.is_bot, r.bot_signs, r.received_at
    FROM jsonb_populate_recordset(null::events, $2::jsonb) AS r`,
}

/** Appends events to the partitions of their months. */
export async function insertEvents(tx: Tx, events: readonly StoredEvent[]): Promise<void> {
  if (events.length > 0) await tx.query(insertStatement, [tx.workspaceId, JSON.stringify(events)])
}

// In the order of the keys: two batches with the same ids wait for each other instead of deadlocking.
const insertKeysStatement: Statement = {
  name: 'insert_event_keys',
  text: `INSERT INTO event_keys (workspace_id, event_key, event_id, received_at)
    SELECT $1, k.event_key, k.event_id, $4 FROM unnest($2::uuid[], $3::uuid[]) AS k (event_key, event_id)
    ORDER BY k.event_key ON CONFLICT DO NOTHING RETURNING event_key`,
}
const findKeysStatement: Statement = {
  name: 'find_event_keys',
  text: 'SELECT event_key, event_id FROM event_keys WHERE workspace_id = $1 AND event_key = ANY($2::uuid[])',
}

/** Claims the keys of events, given by key and event; returns which event has each key that was taken before. */
export async function claimEventKeys(
  tx: Tx,
  keys: ReadonlyMap<string, string>,
  receivedAt: string,
): Promise<Map<string, string>> {
  if (keys.size === 0) return new Map()
  const values = [tx.workspaceId, [...keys.keys()], [...keys.values()], receivedAt]
  const claimed = new Set((await tx.query<{ event_key: string }>(insertKeysStatement, values)).map((r) => r.event_key))
  if (claimed.size === keys.size) return new Map()
  const taken = [...keys.keys()].filter((key) => !claimed.has(key))
  const rows = await tx.query<{ event_key: string; event_id: string }>(findKeysStatement, [tx.workspaceId, taken])
  return new Map(rows.map(({ event_key, event_id }) => [event_key, event_id]))
}

const addCountsStatement: Statement = {
  name: 'add_event_counts',
  text: `INSERT INTO lead_event_counters AS c (workspace_id, lead_id, name, day, raw_count, count, first_at, last_at)
    SELECT $1, r.lead_id, r.name, r.day, r.raw_count, r.count, r.first_at, r.last_at
    FROM jsonb_populate_recordset(null::lead_event_counters, $2::jsonb) AS r
    ON CONFLICT (workspace_id, lead_id, name, day) DO UPDATE SET raw_count = c.raw_count + excluded.raw_count,
      count = c.count + excluded.count, first_at = least(c.first_at, excluded.first_at),
      last_at = greatest(c.last_at, excluded.last_at)`,
}

/** Adds to the counters of leads. */
export async function addCounts(tx: Tx, counts: readonly EventCount[]): Promise<void> {
  if (counts.length > 0) await tx.query(addCountsStatement, [tx.workspaceId, JSON.stringify(counts)])
}
