/** Answers kept for repeated requests. Written by: http/repeat/answer-once.ts. */
import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytea } from './bytea.ts'
import { moment, workspaceId } from './columns.ts'

/**
 * One row per (API key, method, path, Idempotency-Key), written by the transaction of the effect itself. A request that
 * still runs has no row: it holds an advisory lock, which a crash gives back.
 */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    workspace_id: workspaceId(),
    request_key: uuid('request_key').notNull(),
    /** Digest of query and body: another request under the same key is refused. */
    fingerprint: uuid('fingerprint').notNull(),
    status: integer('status').notNull(),
    headers: jsonb('headers').$type<Record<string, string>>().notNull(),
    content_type: text('content_type'),
    /** The bytes that were answered; null where there were none (204). */
    body: bytea('body'),
    created_at: moment('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.request_key] }),
    index('idempotency_keys_created_ix').on(t.created_at),
  ],
)
