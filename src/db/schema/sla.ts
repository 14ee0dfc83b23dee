/** Clocks of the promises of a response. Written by: pipeline/sla. */
import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { SlaNote } from '../../domain/sla/follow-notes.ts'
import { moment, workspaceId } from './columns.ts'

/**
 * One row for each assignment under a promise. `due_at` is when the worker has to look at it next; a clock that waits
 * costs nothing until then. What happens to the assignment meanwhile is noted, with its moment, by whoever did it.
 */
export const slaClocks = pgTable(
  'sla_clocks',
  {
    workspace_id: workspaceId(),
    assignment_id: uuid('assignment_id').notNull(),
    lead_id: uuid('lead_id').notNull(),
    /** Whose hours may count; null for a lead in a pull queue. */
    user_id: uuid('user_id'),
    pool_key: text('pool_key'),
    /** Null until the worker has found the policy that fits. */
    policy_key: text('policy_key'),
    policy_version: integer('policy_version'),
    started_at: moment('started_at').notNull(),
    elapsed_ms: bigint('elapsed_ms', { mode: 'number' }).notNull(),
    /** Null while the clock stands still. */
    counted_from: moment('counted_from'),
    /** Events of the plan that are behind it. */
    passed: integer('passed').notNull(),
    met: text('met').array().notNull(),
    at_risk: text('at_risk').array().notNull(),
    breached: text('breached').array().notNull(),
    notes: jsonb('notes').$type<SlaNote[]>().notNull(),
    due_at: moment('due_at'),
    ended_at: moment('ended_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.assignment_id] }),
    // Reading what is due touches what is due and nothing else, however many clocks are open.
    index('sla_clocks_due_ix').on(t.due_at, t.workspace_id).where(sql`due_at is not null`),
    index('sla_clocks_lead_ix').on(t.workspace_id, t.lead_id).where(sql`ended_at is null`),
  ],
)
