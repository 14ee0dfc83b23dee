/** Audit log. Written by: changes/record-audit. */
import { bigint, index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytea } from './bytea.ts'
import { moment, workspaceId } from './columns.ts'

/** End of each workspace's chain: its row lock orders writers, and it shows when the newest entries were cut off. */
export const auditCounters = pgTable('audit_counters', {
  workspace_id: workspaceId().primaryKey(),
  last_sequence: bigint('last_sequence', { mode: 'number' }).notNull(),
  last_hash: bytea('last_hash').notNull(),
})

/** Who changed what; the app role may add entries and read them, nothing else. Never holds a secret or personal data. */
export const auditLog = pgTable(
  'audit_log',
  {
    workspace_id: workspaceId(),
    sequence: bigint('sequence', { mode: 'number' }).notNull(),
    id: uuid('id').notNull(),
    occurred_at: moment('occurred_at').notNull(),
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    object: text('object').notNull(),
    /** As on the wire: an id with its prefix, or a key that the client chose. */
    object_id: text('object_id').notNull(),
    before: jsonb('before').$type<Record<string, unknown>>().notNull(),
    after: jsonb('after').$type<Record<string, unknown>>().notNull(),
    before_hash: bytea('before_hash'),
    after_hash: bytea('after_hash'),
    request_id: text('request_id'),
    ip_prefix: text('ip_prefix'),
    previous_hash: bytea('previous_hash').notNull(),
    hash: bytea('hash').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.sequence] }),
    index('audit_log_object_ix').on(t.workspace_id, t.object, t.object_id, t.sequence),
    index('audit_log_actor_ix').on(t.workspace_id, t.actor, t.sequence),
  ],
)
