/**
 * Who is in which segment, and was. Written by: pipeline/segments, features/segments. No foreign keys: rows are made from
 * leads by the hundred thousand, and leads are never deleted without them.
 */
import { index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { moment, workspaceId } from './columns.ts'

/** The members now. */
export const segmentMembers = pgTable(
  'segment_members',
  {
    workspace_id: workspaceId(),
    segment_key: text('segment_key').notNull(),
    lead_id: uuid('lead_id').notNull(),
    entered_at: moment('entered_at').notNull(),
    /** Who put it there: `system` where the condition did. */
    actor: text('actor').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.segment_key, t.lead_id] }),
    index('segment_members_lead_ix').on(t.workspace_id, t.lead_id, t.segment_key),
  ],
)

/** Memberships that have ended: with the members now they tell who was in at any moment. */
export const segmentStays = pgTable(
  'segment_stays',
  {
    workspace_id: workspaceId(),
    segment_key: text('segment_key').notNull(),
    lead_id: uuid('lead_id').notNull(),
    entered_at: moment('entered_at').notNull(),
    left_at: moment('left_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.segment_key, t.lead_id, t.entered_at] })],
)
