/** Work marks of leads, and long work. Written by: pipeline (lead_work), operations/ (operations). */
import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { OperationError, OperationStatus } from '../../domain/operation.ts'
import { moment, workspaceId } from './columns.ts'

/**
 * One row for each lead that is to be judged now or at a later moment. `due_at` null: parked, it failed too often. No
 * foreign key: it would make every mark wait for whoever has the lead locked.
 */
export const leadWork = pgTable(
  'lead_work',
  {
    workspace_id: workspaceId(),
    lead_id: uuid('lead_id').notNull(),
    due_at: moment('due_at'),
    reasons: text('reasons').array().notNull(),
    /** Grows with every mark: a failure of an older one does not hold up a newer. */
    generation: bigint('generation', { mode: 'number' }).notNull(),
    attempt: integer('attempt').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.lead_id] }),
    index('lead_work_due_ix').on(t.workspace_id, t.due_at).where(sql`due_at is not null`),
  ],
)

/** Long work with progress: one row tells how far it is and who is at it. */
export const operations = pgTable(
  'operations',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    kind: text('kind').notNull(),
    status: text('status').$type<OperationStatus>().notNull(),
    input: jsonb('input').$type<Record<string, unknown>>().notNull(),
    /** Where a next run goes on; null at the beginning. */
    checkpoint: jsonb('checkpoint').$type<Record<string, unknown>>(),
    result: jsonb('result').$type<Record<string, unknown>>().notNull(),
    error: jsonb('error').$type<OperationError>(),
    processed: bigint('processed', { mode: 'number' }).notNull(),
    failed: bigint('failed', { mode: 'number' }).notNull(),
    total: bigint('total', { mode: 'number' }),
    /** Id or key of what it is about, as on the wire. */
    resource_id: text('resource_id'),
    actor: text('actor').notNull(),
    cancel_requested: boolean('cancel_requested').notNull(),
    due_at: moment('due_at').notNull(),
    lease_until: moment('lease_until'),
    /** Number of the claim: only the newest may write. */
    fence: integer('fence').notNull(),
    /** Claims since it last got on. */
    attempt: integer('attempt').notNull(),
    created_at: moment('created_at').notNull(),
    started_at: moment('started_at'),
    finished_at: moment('finished_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index('operations_created_ix').on(t.workspace_id, t.created_at, t.id),
    index('operations_due_ix').on(t.workspace_id, t.due_at).where(sql`status in ('queued', 'running')`),
    index('operations_finished_ix').on(t.finished_at).where(sql`finished_at is not null`),
  ],
)
