/**
 * What belongs to events. The table `events` itself is partitioned by month, which drizzle cannot say: it is plain SQL in
 * the migration that made these. Written by: pipeline/events.
 */
import { sql } from 'drizzle-orm'
import { date, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { moment, workspaceId } from './columns.ts'

/**
 * Event ids that were seen, as digests: a unique key over a partitioned table would need the time in it, and a repeated
 * event may come with another time. Insertion order is time order, so a BRIN index finds the old ones for nothing.
 */
export const eventKeys = pgTable(
  'event_keys',
  {
    workspace_id: workspaceId(),
    event_key: uuid('event_key').notNull(),
    /** The event that came first. */
    event_id: uuid('event_id').notNull(),
    received_at: moment('received_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.event_key] }),
    index('event_keys_received_ix').using('brin', t.received_at),
  ],
)

/** A browser, known by the id that it keeps; it belongs to at most one lead. */
export const visitors = pgTable(
  'visitors',
  {
    workspace_id: workspaceId(),
    visitor_id: text('visitor_id').notNull(),
    lead_id: uuid('lead_id'),
    /** Who continues after another person has taken over the browser: what still comes under this id is theirs. */
    successor_id: text('successor_id'),
    first_seen_at: moment('first_seen_at').notNull(),
    last_seen_at: moment('last_seen_at').notNull(),
    identified_at: moment('identified_at'),
    /** `form:<key>`, `token` or the key of the API call. */
    identified_by: text('identified_by'),
    /** Time of events that are in no visit on the timeline yet. */
    visits_from: moment('visits_from'),
    visits_to: moment('visits_to'),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.visitor_id] }),
    index('visitors_lead_ix').on(t.workspace_id, t.lead_id, t.visitor_id).where(sql`lead_id is not null`),
  ],
)

/**
 * How often a lead did something on a UTC day: what conditions and scores count, so that they need no raw events but
 * those of the two days at the edges of a window. Outlives the raw events.
 */
export const leadEventCounters = pgTable(
  'lead_event_counters',
  {
    workspace_id: workspaceId(),
    lead_id: uuid('lead_id').notNull(),
    name: text('name').notNull(),
    day: date('day').notNull(),
    /** All events, those of bots included. */
    raw_count: integer('raw_count').notNull(),
    /** Without those of bots; `first_at` and `last_at` belong to these and are null when there are none. */
    count: integer('count').notNull(),
    first_at: moment('first_at'),
    last_at: moment('last_at'),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.lead_id, t.name, t.day] })],
)
