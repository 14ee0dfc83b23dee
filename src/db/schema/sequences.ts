/** Leads inside sequences. Written by: pipeline/sequences. */
import { sql } from 'drizzle-orm'
import { boolean, foreignKey, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { EnrollmentStatus } from '../../domain/sequence/enrollment.ts'
import { moment, workspaceId } from './columns.ts'
import { leads } from './leads.ts'

/** One lead in one sequence, on the version that it entered. Waiting costs nothing: only what is due is looked at. */
export const enrollments = pgTable(
  'enrollments',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    sequence_key: text('sequence_key').notNull(),
    version: integer('version').notNull(),
    lead_id: uuid('lead_id').notNull(),
    status: text('status').$type<EnrollmentStatus>().notNull(),
    /** Why it ended, or is paused by the service itself. */
    reason: text('reason'),
    /** Walks along and gets nothing; its goal is watched, to compare the others with. */
    held_out: boolean('held_out').notNull(),
    /** The step that comes next or that it waits at; null is behind the last. */
    step_key: text('step_key'),
    waiting_since: moment('waiting_since'),
    /** Drawn at the last split. */
    variant: text('variant'),
    /** When to look again; null only when something happens to the lead. */
    due_at: moment('due_at'),
    /** Steps taken so far: the number of a visit makes what the step does unique. */
    visits: integer('visits').notNull(),
    /** Looks in a row that failed. */
    failures: integer('failures').notNull(),
    /** Grows with every write; the entity tag. */
    edits: integer('edits').notNull(),
    entered_by: text('entered_by').notNull(),
    started_at: moment('started_at').notNull(),
    ended_at: moment('ended_at'),
    updated_at: moment('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    // A lead is in a sequence once at a time, however many triggers fire at once.
    uniqueIndex('enrollments_running_uq').on(t.workspace_id, t.sequence_key, t.lead_id).where(sql`status <> 'ended'`),
    index('enrollments_due_ix').on(t.workspace_id, t.due_at).where(sql`status = 'active' and due_at is not null`),
    index('enrollments_lead_ix').on(t.workspace_id, t.lead_id),
    index('enrollments_started_ix').on(t.workspace_id, t.started_at),
    index('enrollments_sequence_ix').on(t.workspace_id, t.sequence_key, t.started_at),
    foreignKey({ columns: [t.workspace_id, t.lead_id], foreignColumns: [leads.workspace_id, leads.id] }),
  ],
)

/** Every step that an enrollment took, and which way it led on. */
export const enrollmentVisits = pgTable(
  'enrollment_visits',
  {
    workspace_id: workspaceId(),
    enrollment_id: uuid('enrollment_id').notNull(),
    position: integer('position').notNull(),
    sequence_key: text('sequence_key').notNull(),
    step_key: text('step_key').notNull(),
    kind: text('kind').notNull(),
    way: text('way'),
    variant: text('variant'),
    /** What a step that does something came to: `done`, or why not. */
    outcome: text('outcome'),
    message_id: uuid('message_id'),
    visited_at: moment('visited_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.enrollment_id, t.position] }),
    index('enrollment_visits_step_ix').on(t.workspace_id, t.sequence_key, t.step_key, t.variant),
    foreignKey({
      columns: [t.workspace_id, t.enrollment_id],
      foreignColumns: [enrollments.workspace_id, enrollments.id],
    }),
  ],
)
