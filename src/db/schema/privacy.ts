/** The consent ledger, and who was erased. Written by: pipeline. No consent is ever changed; only erasure deletes. */
import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { ConsentAction } from '../../domain/consent.ts'
import { moment, workspaceId } from './columns.ts'
import { leads } from './leads.ts'

export const consents = pgTable(
  'consents',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    lead_id: uuid('lead_id').notNull(),
    purpose: text('purpose').notNull(),
    channel: text('channel').notNull(),
    action: text('action').$type<ConsentAction>().notNull(),
    /** When the person said it; `recorded_at` is when we were told. */
    occurred_at: moment('occurred_at').notNull(),
    recorded_at: moment('recorded_at').notNull(),
    expires_at: moment('expires_at'),
    method: text('method').notNull(),
    actor: text('actor').notNull(),
    form_key: text('form_key'),
    consent_key: text('consent_key'),
    submission_id: uuid('submission_id'),
    wording_hash: text('wording_hash'),
    wording_version: text('wording_version'),
    wording: text('wording'),
    locale: text('locale'),
    ip_prefix: text('ip_prefix'),
    evidence: jsonb('evidence').$type<Record<string, string>>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index('consents_lead_ix').on(t.workspace_id, t.lead_id, t.occurred_at, t.id),
    foreignKey({ columns: [t.workspace_id, t.lead_id], foreignColumns: [leads.workspace_id, leads.id] }),
  ],
)

/** Proof that a person was erased, without anything about the person; also what lets the history of a lead be blanked. */
export const erasures = pgTable(
  'erasures',
  {
    workspace_id: workspaceId(),
    lead_id: uuid('lead_id').notNull(),
    /** The last time; a lead may be written to again by mistake. */
    erased_at: moment('erased_at').notNull(),
    actor: text('actor').notNull(),
    /** Rows that were deleted or blanked, the last time. */
    records: integer('records').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.lead_id] })],
)
