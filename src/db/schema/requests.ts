/** Answers kept for repeated requests. Written by: http/plugins/idempotency.ts. */
import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytea } from './bytea.ts'
import { moment, workspaceId } from './columns.ts'

/** One row per (key, operation, Idempotency-Key); `status` is null while the first request is still running. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    workspace_id: workspaceId(),
    request_key: uuid('request_key').notNull(),
    fingerprint: uuid('fingerprint').notNull(),
    status: integer('status'),
    headers: jsonb('headers').$type<Record<string, string>>(),
    body: bytea('body'),
    content_type: text('content_type'),
    created_at: moment('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.request_key] }),
    index('idempotency_keys_created_ix').on(t.created_at),
  ],
)
