/** Workspaces and keys. Written by: features/admin. */
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { bytea } from './bytea.ts'
import { moment, workspaceId } from './columns.ts'

/** One tenant: its own leads, policies, keys. `id` is the workspace id of every other table. */
export const workspaces = pgTable('workspaces', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull(),
  settings: jsonb('settings').$type<Record<string, unknown>>().notNull().default({}),
  version: integer('version').notNull().default(1),
  created_at: moment('created_at').notNull(),
  updated_at: moment('updated_at').notNull(),
})

/** API keys as their owners see them; the secret itself is stored nowhere. */
export const apiKeys = pgTable(
  'api_keys',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    kind: text('kind').$type<'secret' | 'restricted' | 'publishable'>().notNull(),
    scopes: text('scopes').array().notNull(),
    /** The integration that writes with this key; becomes `origin` of its changes. */
    origin: text('origin'),
    /** Networks that may use the key, canonical CIDR; empty means any. */
    allowed_ips: text('allowed_ips').array().notNull().default([]),
    /** Websites whose pages may use a publishable key; empty means any. */
    allowed_origins: text('allowed_origins').array().notNull().default([]),
    prefix: text('prefix').notNull(),
    last_four: text('last_four').notNull(),
    version: integer('version').notNull().default(1),
    created_at: moment('created_at').notNull(),
    expires_at: moment('expires_at'),
    rotated_at: moment('rotated_at'),
    /** Until when the secret before the last rotation works; null when it never did again. */
    overlap_ends_at: moment('overlap_ends_at'),
    revoked_at: moment('revoked_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index('api_keys_created_ix').on(t.workspace_id, t.created_at, t.id),
  ],
)

/** Global look-up, not a tenant table: SHA-256 of a key -> where it belongs. Read before the tenant is known. */
export const apiKeyHashes = pgTable(
  'api_key_hashes',
  {
    key_hash: bytea('key_hash').primaryKey(),
    workspace_id: workspaceId(),
    api_key_id: uuid('api_key_id').notNull(),
    /** End of an old secret after a rotation; null for the current one. */
    expires_at: moment('expires_at'),
  },
  (t) => [index('api_key_hashes_key_ix').on(t.workspace_id, t.api_key_id)],
)

/** Global look-up: public address of a form -> where it belongs. */
export const formAddresses = pgTable(
  'form_addresses',
  { public_key: text('public_key').primaryKey(), workspace_id: workspaceId(), form_key: text('form_key').notNull() },
  (t) => [uniqueIndex('form_addresses_form_uq').on(t.workspace_id, t.form_key)],
)

/** One row: facts of the installation. `default_workspace_id` answers public form slugs that come without a key. */
export const installation = pgTable('installation', {
  singleton: boolean('singleton').primaryKey().default(true),
  secret: bytea('secret').notNull(),
  default_workspace_id: uuid('default_workspace_id').notNull(),
  created_at: moment('created_at').notNull(),
})
