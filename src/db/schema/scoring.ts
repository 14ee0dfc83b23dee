/** Scores of leads. Written by: pipeline/score (scores, history), features/scoring (overrides). */
import { boolean, foreignKey, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { moment, workspaceId } from './columns.ts'
import { leads } from './leads.ts'

/**
 * The present score of each lead under each model: narrow and apart from the lead, because it changes by itself, and a
 * change of the lead's row costs 2.7 times as much (performance.md 4). Only rows that differ are written.
 */
export const leadScores = pgTable(
  'lead_scores',
  {
    workspace_id: workspaceId(),
    lead_id: uuid('lead_id').notNull(),
    model_key: text('model_key').notNull(),
    fit: integer('fit').notNull(),
    engagement: integer('engagement').notNull(),
    total: integer('total').notNull(),
    grade: text('grade').notNull(),
    band: text('band'),
    /** True while a person has set it. */
    overridden: boolean('overridden').notNull(),
    /** The version that gave it; a later one that gives the same writes nothing. */
    model_version: integer('model_version').notNull(),
    scored_at: moment('scored_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.lead_id, t.model_key] })],
)

/** Every score that a lead ever had, with its cause and what each rule gave; never changed. Newest has the largest id. */
export const leadScoreHistory = pgTable(
  'lead_score_history',
  {
    workspace_id: workspaceId(),
    lead_id: uuid('lead_id').notNull(),
    model_key: text('model_key').notNull(),
    id: uuid('id').notNull(),
    fit: integer('fit').notNull(),
    engagement: integer('engagement').notNull(),
    total: integer('total').notNull(),
    grade: text('grade').notNull(),
    band: text('band'),
    overridden: boolean('overridden').notNull(),
    model_version: integer('model_version').notNull(),
    scored_at: moment('scored_at').notNull(),
    /** Total minus the total before; the total itself for the first. */
    delta: integer('delta').notNull(),
    /** Why it was calculated: the reasons of the work mark, or what a person did. */
    reasons: text('reasons').array().notNull(),
    /** Rule -> points, without those that gave none. */
    parts: jsonb('parts').$type<Record<string, number>>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.lead_id, t.model_key, t.id] })],
)

/** Scores that a person has set; they stay until they are taken back or end. */
export const leadScoreOverrides = pgTable(
  'lead_score_overrides',
  {
    workspace_id: workspaceId(),
    lead_id: uuid('lead_id').notNull(),
    model_key: text('model_key').notNull(),
    total: integer('total').notNull(),
    grade: text('grade'),
    reason: text('reason').notNull(),
    /** Grows each time it is set; the entity tag. */
    version: integer('version').notNull(),
    actor: text('actor').notNull(),
    created_at: moment('created_at').notNull(),
    expires_at: moment('expires_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.lead_id, t.model_key] }),
    foreignKey({ columns: [t.workspace_id, t.lead_id], foreignColumns: [leads.workspace_id, leads.id] }),
  ],
)
