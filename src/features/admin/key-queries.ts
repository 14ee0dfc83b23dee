/** Statements about API keys. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import type { KeyKind } from '../../domain/api-key.ts'

export const KEY_STATES = ['active', 'expired', 'revoked'] as const
export type KeyState = (typeof KEY_STATES)[number]

export interface StoredKey {
  id: string
  name: string
  kind: KeyKind
  scopes: string[]
  origin: string | null
  allowed_ips: string[]
  allowed_origins: string[]
  prefix: string
  last_four: string
  version: number
  created_at: string
  expires_at: string | null
  rotated_at: string | null
  overlap_ends_at: string | null
  revoked_at: string | null
}

/** A key with its state by the database clock, which is the one that decides whether a key works. */
export interface KeyRow extends StoredKey {
  state: KeyState
}

const STORED =
  'id, name, kind, scopes, origin, allowed_ips, allowed_origins, prefix, last_four, version, created_at, expires_at, rotated_at, overlap_ends_at, revoked_at'
const STATE = `CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= now() THEN 'expired' ELSE 'active' END`
const COLUMNS = `${STORED}, ${STATE} AS state`

const insertKeyStatement: Statement = {
  name: 'insert_api_key',
  text: `INSERT INTO api_keys SELECT * FROM jsonb_populate_record(null::api_keys, $1::jsonb)`,
}
const insertHashStatement: Statement = {
  name: 'insert_api_key_hash',
  text: 'INSERT INTO api_key_hashes (key_hash, workspace_id, api_key_id) VALUES ($1, $2, $3)',
}

/** Stores a key and where its hash leads. */
export async function insertKey(tx: Tx, key: StoredKey, hash: Buffer): Promise<void> {
  await tx.query(insertKeyStatement, [JSON.stringify({ workspace_id: tx.workspaceId, ...key })])
  await tx.query(insertHashStatement, [hash, tx.workspaceId, key.id])
}

const findKeyStatement: Statement = {
  name: 'find_api_key_by_id',
  text: `SELECT ${COLUMNS} FROM api_keys WHERE workspace_id = $1 AND id = $2`,
}
const lockKeyStatement: Statement = { name: 'lock_api_key', text: `${findKeyStatement.text} FOR UPDATE` }

/** One key of a workspace, revoked or not. */
export async function findKey(db: Db, workspaceId: string, id: string): Promise<KeyRow | undefined> {
  const [row] = await readInWorkspace<KeyRow>(db, workspaceId, findKeyStatement, [workspaceId, id])
  return row
}

/** One key, read inside a transaction. */
export async function findKeyIn(tx: Tx, id: string): Promise<KeyRow | undefined> {
  const [row] = await tx.query<KeyRow>(findKeyStatement, [tx.workspaceId, id])
  return row
}

/** One key, locked until the transaction ends. */
export async function lockKey(tx: Tx, id: string): Promise<KeyRow | undefined> {
  const [row] = await tx.query<KeyRow>(lockKeyStatement, [tx.workspaceId, id])
  return row
}

const listKeysStatement: Statement = {
  name: 'list_api_keys',
  text: `SELECT ${COLUMNS} FROM api_keys WHERE workspace_id = $1 AND ($2::text[] IS NULL OR ${STATE} = ANY($2))
      AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
    ORDER BY created_at DESC, id DESC LIMIT $5`,
}

/** Keys of a workspace, newest first; `states` null means all, `before` is time and id of the last one seen. */
export async function listKeys(
  db: Db,
  workspaceId: string,
  states: string[] | null,
  before: [string, string] | null,
  limit: number,
): Promise<KeyRow[]> {
  const values = [workspaceId, states, before?.[0] ?? null, before?.[1] ?? null, limit]
  return await readInWorkspace(db, workspaceId, listKeysStatement, values)
}

// Sorted, so that two revocations queue up instead of deadlocking.
const lockSecretKeysStatement: Statement = {
  name: 'lock_secret_api_keys',
  text: `SELECT id FROM api_keys WHERE workspace_id = $1 AND kind = 'secret' AND ${STATE} = 'active' ORDER BY id FOR UPDATE`,
}

/** Ids of the secret keys that work now, locked until the transaction ends. */
export async function lockSecretKeys(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(lockSecretKeysStatement, [tx.workspaceId])
  return rows.map((row) => row.id)
}

const revokeKeyStatement: Statement = {
  name: 'revoke_api_key',
  text: `UPDATE api_keys SET revoked_at = $3, version = version + 1 WHERE workspace_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
}
const deleteHashesStatement: Statement = {
  name: 'delete_api_key_hashes',
  text: 'DELETE FROM api_key_hashes WHERE workspace_id = $1 AND api_key_id = $2',
}

/** Ends a key: no hash leads to it any more. */
export async function revokeKeyRow(tx: Tx, id: string, at: string): Promise<KeyRow | undefined> {
  const [row] = await tx.query<KeyRow>(revokeKeyStatement, [tx.workspaceId, id, at])
  await tx.query(deleteHashesStatement, [tx.workspaceId, id])
  return row
}

// An older secret that still works keeps its own end when that comes sooner. Cut to milliseconds, because the column
// rounds: an end of this moment must not lie half a millisecond ahead.
const endHashesStatement: Statement = {
  name: 'end_api_key_hashes',
  text: `UPDATE api_key_hashes
    SET expires_at = least(expires_at, date_trunc('milliseconds', now()) + make_interval(secs => $3))
    WHERE workspace_id = $1 AND api_key_id = $2`,
}
const deleteEndedHashesStatement: Statement = {
  name: 'delete_ended_api_key_hashes',
  text: 'DELETE FROM api_key_hashes WHERE workspace_id = $1 AND api_key_id = $2 AND expires_at <= now()',
}
const rotateKeyStatement: Statement = {
  name: 'rotate_api_key',
  text: `UPDATE api_keys SET prefix = $3, last_four = $4, version = version + 1, rotated_at = now(),
      overlap_ends_at = CASE WHEN $5 > 0 THEN now() + make_interval(secs => $5) END
    WHERE workspace_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
}

export interface NewSecret {
  hash: Buffer
  prefix: string
  last_four: string
}

/** Gives a key a new secret; those before it work for `overlapSeconds` more at most. */
export async function rotateKeyRow(
  tx: Tx,
  id: string,
  secret: NewSecret,
  overlapSeconds: number,
): Promise<KeyRow | undefined> {
  await tx.query(endHashesStatement, [tx.workspaceId, id, overlapSeconds])
  await tx.query(deleteEndedHashesStatement, [tx.workspaceId, id])
  await tx.query(insertHashStatement, [secret.hash, tx.workspaceId, id])
  const values = [tx.workspaceId, id, secret.prefix, secret.last_four, overlapSeconds]
  const [row] = await tx.query<KeyRow>(rotateKeyStatement, values)
  return row
}
