/** Accounts and what identifies them. Written by: pipeline (features/accounts through it). */
import { boolean, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { Money } from '../../domain/account.ts'
import type { ExternalId } from '../../domain/lead.ts'
import { moment, workspaceId } from './columns.ts'

export const accounts = pgTable(
  'accounts',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    name: text('name'),
    /** The name as the search compares it. */
    name_key: text('name_key'),
    website: text('website'),
    domain: text('domain'),
    industry: text('industry'),
    employee_count: integer('employee_count'),
    annual_revenue: jsonb('annual_revenue').$type<Money>(),
    phone: text('phone'),
    street: text('street'),
    city: text('city'),
    region: text('region'),
    postal_code: text('postal_code'),
    country: text('country'),
    owner_id: uuid('owner_id'),
    tags: text('tags').array().notNull(),
    custom_fields: jsonb('custom_fields').$type<Record<string, unknown>>().notNull(),
    metadata: jsonb('metadata').$type<Record<string, string>>().notNull(),
    external_ids: jsonb('external_ids').$type<ExternalId[]>().notNull(),
    archived: boolean('archived').notNull(),
    version: integer('version').notNull(),
    created_at: moment('created_at').notNull(),
    updated_at: moment('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index('accounts_created_ix').on(t.workspace_id, t.created_at, t.id),
    index('accounts_updated_ix').on(t.workspace_id, t.updated_at, t.id),
    index('accounts_name_ix').on(t.workspace_id, t.name_key.op('text_pattern_ops')),
  ],
)

/** What identifies an account exactly: `domain` (registrable), `external:<system>`. The primary key decides races. */
export const accountIdentities = pgTable(
  'account_identities',
  {
    workspace_id: workspaceId(),
    kind: text('kind').notNull(),
    value: text('value').notNull(),
    account_id: uuid('account_id').notNull(),
    created_at: moment('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.kind, t.value] }),
    index('account_identities_account_ix').on(t.workspace_id, t.account_id),
    foreignKey({ columns: [t.workspace_id, t.account_id], foreignColumns: [accounts.workspace_id, accounts.id] }),
  ],
)
