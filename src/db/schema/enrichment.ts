/** Enrichment by providers: what is asked, what it cost, what is remembered. Written by: pipeline/enrich, features/enrichment. */
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { RunStep } from '../../domain/enrichment/providers/enrichment-run.ts'
import { bytea } from './bytea.ts'
import { moment, workspaceId } from './columns.ts'
import { leads } from './leads.ts'

/** Secrets of providers, sealed; apart from the policy, which may be read and copied. */
export const enrichmentCredentials = pgTable(
  'enrichment_credentials',
  {
    workspace_id: workspaceId(),
    credential_key: text('credential_key').notNull(),
    sealed: bytea('sealed').notNull(),
    version: integer('version').notNull(),
    created_at: moment('created_at').notNull(),
    updated_at: moment('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.credential_key] })],
)

/** One passage of a lead through the providers: due work while `queued`, history after. */
export const enrichmentRuns = pgTable(
  'enrichment_runs',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    lead_id: uuid('lead_id').notNull(),
    cause: text('cause').notNull(),
    actor: text('actor').notNull(),
    state: text('state').notNull(),
    reason: text('reason'),
    /** True asks again although fields are filled and answers are remembered. */
    fresh: boolean('fresh').notNull(),
    /** What the lead was asked with, so that nobody is asked twice for the same. */
    input_hash: text('input_hash').notNull(),
    policy_version: integer('policy_version'),
    steps: jsonb('steps').$type<RunStep[]>().notNull(),
    cost_micros: bigint('cost_micros', { mode: 'number' }).notNull(),
    due_at: moment('due_at').notNull(),
    lease_until: moment('lease_until'),
    /** Number of the claim: only the newest may write. */
    fence: integer('fence').notNull(),
    /** Passages that ended in a fault that will pass. */
    tries: integer('tries').notNull(),
    created_at: moment('created_at').notNull(),
    finished_at: moment('finished_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    uniqueIndex('enrichment_runs_queued_ux').on(t.workspace_id, t.lead_id).where(sql`state = 'queued'`),
    index('enrichment_runs_due_ix').on(t.workspace_id, t.due_at).where(sql`state = 'queued'`),
    index('enrichment_runs_lead_ix').on(t.workspace_id, t.lead_id, t.id),
    foreignKey({ columns: [t.workspace_id, t.lead_id], foreignColumns: [leads.workspace_id, leads.id] }),
  ],
)

/** Every call that was begun: its price is in the meter from before the call until it is certain that nothing was owed. */
export const enrichmentCalls = pgTable(
  'enrichment_calls',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    run_id: uuid('run_id').notNull(),
    provider_key: text('provider_key').notNull(),
    day: date('day').notNull(),
    price_micros: bigint('price_micros', { mode: 'number' }).notNull(),
    state: text('state').notNull(),
    created_at: moment('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index('enrichment_calls_run_ix').on(t.workspace_id, t.run_id),
  ],
)

/** What was spent on a day (UTC), of one provider or of all (`*`). */
export const enrichmentMeters = pgTable(
  'enrichment_meters',
  {
    workspace_id: workspaceId(),
    day: date('day').notNull(),
    provider_key: text('provider_key').notNull(),
    spent_micros: bigint('spent_micros', { mode: 'number' }).notNull(),
    calls: bigint('calls', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.day, t.provider_key] })],
)

/** How a provider is doing: faults in a row, until when it is left alone, how often it was asked in this window. */
export const enrichmentProviders = pgTable(
  'enrichment_providers',
  {
    workspace_id: workspaceId(),
    provider_key: text('provider_key').notNull(),
    faults: integer('faults').notNull(),
    resting_until: moment('resting_until'),
    window_start: moment('window_start').notNull(),
    window_calls: integer('window_calls').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.provider_key] })],
)

/** Answers that are remembered, "nothing known" included: the values that they gave, not what the provider wrote. */
export const enrichmentAnswers = pgTable(
  'enrichment_answers',
  {
    workspace_id: workspaceId(),
    question: text('question').notNull(),
    provider_key: text('provider_key').notNull(),
    values: jsonb('values').$type<Record<string, unknown>>(),
    /** Whom it was asked about first: the answer goes with the person. */
    lead_id: uuid('lead_id'),
    fetched_at: moment('fetched_at').notNull(),
    expires_at: moment('expires_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.question] }),
    index('enrichment_answers_expiry_ix').on(t.expires_at),
    index('enrichment_answers_lead_ix').on(t.workspace_id, t.lead_id).where(sql`lead_id is not null`),
  ],
)
