/** Policies: versioned documents that decisions follow. Written by: policies/. */
import { sql } from 'drizzle-orm'
import { foreignKey, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { PolicyKind, PolicyState } from '../../domain/policy.ts'
import { moment, workspaceId } from './columns.ts'

/** One row for each policy; its lock puts writers of the policy in order. */
export const policies = pgTable(
  'policies',
  {
    workspace_id: workspaceId(),
    kind: text('kind').$type<PolicyKind>().notNull(),
    policy_key: text('policy_key').notNull(),
    id: uuid('id').notNull(),
    /** Grows with every write; the entity tag. */
    edits: integer('edits').notNull(),
    latest_version: integer('latest_version').notNull(),
    draft_version: integer('draft_version'),
    published_version: integer('published_version'),
    created_at: moment('created_at').notNull(),
    updated_at: moment('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.kind, t.policy_key] })],
)

/** Every version that was ever published, and the draft. A published one never changes, but for its state. */
export const policyVersions = pgTable(
  'policy_versions',
  {
    workspace_id: workspaceId(),
    kind: text('kind').$type<PolicyKind>().notNull(),
    policy_key: text('policy_key').notNull(),
    version: integer('version').notNull(),
    state: text('state').$type<PolicyState>().notNull(),
    definition: jsonb('definition').$type<Record<string, unknown>>().notNull(),
    created_at: moment('created_at').notNull(),
    created_by: text('created_by').notNull(),
    updated_at: moment('updated_at').notNull(),
    updated_by: text('updated_by').notNull(),
    published_at: moment('published_at'),
    published_by: text('published_by'),
    retired_at: moment('retired_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.kind, t.policy_key, t.version] }),
    uniqueIndex('policy_versions_draft_uq').on(t.workspace_id, t.kind, t.policy_key).where(sql`state = 'draft'`),
    uniqueIndex('policy_versions_published_uq')
      .on(t.workspace_id, t.kind, t.policy_key)
      .where(sql`state = 'published'`),
    foreignKey({
      columns: [t.workspace_id, t.kind, t.policy_key],
      foreignColumns: [policies.workspace_id, policies.kind, policies.policy_key],
    }),
  ],
)

/** Changes with every publication of a kind: what processes keep in memory is good while this is the same. */
export const policyRevisions = pgTable(
  'policy_revisions',
  {
    workspace_id: workspaceId(),
    kind: text('kind').$type<PolicyKind>().notNull(),
    revision: uuid('revision').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.kind] })],
)
