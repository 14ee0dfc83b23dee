/** Stages and qualification of leads. Written by: pipeline/lifecycle. */
import { bigint, foreignKey, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { CriterionAnswer, FrameworkVerdict } from '../../domain/lifecycle/qualification.ts'
import { moment, workspaceId } from './columns.ts'
import { leads } from './leads.ts'

/**
 * Every move of a lead between stages, numbered per lead; never changed. A lead that never moved has no rows: it is in
 * its first stage since it was made, so capture pays nothing.
 */
export const leadStageHistory = pgTable(
  'lead_stage_history',
  {
    workspace_id: workspaceId(),
    lead_id: uuid('lead_id').notNull(),
    position: integer('position').notNull(),
    moved_at: moment('moved_at').notNull(),
    from_stage: text('from_stage').notNull(),
    to_stage: text('to_stage').notNull(),
    /** How long it was in `from_stage`. */
    stayed_ms: bigint('stayed_ms', { mode: 'number' }).notNull(),
    /** `automatic`, `key` or `sales`. */
    moved_by: text('moved_by').notNull(),
    actor: text('actor').notNull(),
    reason: text('reason'),
    note: text('note'),
    /** When somebody wants the lead back. */
    wake_at: moment('wake_at'),
    policy: text('policy').notNull(),
    receipt_id: uuid('receipt_id').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.lead_id, t.position] }),
    foreignKey({ columns: [t.workspace_id, t.lead_id], foreignColumns: [leads.workspace_id, leads.id] }),
  ],
)

/** Answers to qualification criteria, and what was decided from them: conditions read the decision. */
export const leadQualifications = pgTable(
  'lead_qualifications',
  {
    workspace_id: workspaceId(),
    lead_id: uuid('lead_id').notNull(),
    answers: jsonb('answers').$type<Record<string, CriterionAnswer>>().notNull(),
    /** Status of each criterion as it counts: an answer may have expired. */
    statuses: jsonb('statuses').$type<Record<string, string>>().notNull(),
    /** By framework. */
    verdicts: jsonb('verdicts').$type<Record<string, FrameworkVerdict>>().notNull(),
    version: integer('version').notNull(),
    updated_at: moment('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.lead_id] }),
    foreignKey({ columns: [t.workspace_id, t.lead_id], foreignColumns: [leads.workspace_id, leads.id] }),
  ],
)
