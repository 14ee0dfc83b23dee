/** Statements about workspaces and keys. */
import { type Db, type Queryable, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import type { KeyKind } from '../../domain/api-key.ts'

const findInstallationStatement: Statement = {
  name: 'find_installation',
  text: 'SELECT secret, default_workspace_id FROM installation',
}

export interface Installation {
  secret: Buffer
  default_workspace_id: string
}

/** The facts of this installation. */
export async function findInstallation(db: Queryable): Promise<Installation | undefined> {
  const [row] = await db.query<Installation>(findInstallationStatement)
  return row
}

const insertInstallationStatement: Statement = {
  name: 'insert_installation',
  text: 'INSERT INTO installation (secret, default_workspace_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
}

/** Writes the facts once; of two first starts at the same moment one wins. */
export async function insertInstallation(db: Queryable, installation: Installation, at: string): Promise<void> {
  await db.query(insertInstallationStatement, [installation.secret, installation.default_workspace_id, at])
}

const insertWorkspaceStatement: Statement = {
  name: 'insert_workspace',
  text: 'INSERT INTO workspaces (id, name, created_at, updated_at) VALUES ($1, $2, $3, $3) ON CONFLICT DO NOTHING',
}
const insertCounterStatement: Statement = {
  name: 'insert_change_counter',
  text: 'INSERT INTO change_counters (workspace_id, last_sequence) VALUES ($1, 0) ON CONFLICT DO NOTHING',
}

/** Makes a workspace with an empty change feed; nothing happens when it exists. */
export async function insertWorkspace(tx: Tx, name: string, at: string): Promise<void> {
  await tx.query(insertWorkspaceStatement, [tx.workspaceId, name, at])
  await tx.query(insertCounterStatement, [tx.workspaceId])
}

export interface KeyRow {
  id: string
  name: string
  kind: KeyKind
  scopes: string[]
  origin: string | null
  prefix: string
  last_four: string
  version: number
  created_at: string
  expires_at: string | null
  revoked_at: string | null
}

const KEY_COLUMNS = 'id, name, kind, scopes, origin, prefix, last_four, version, created_at, expires_at, revoked_at'

const insertKeyStatement: Statement = {
  name: 'insert_api_key',
  text: `INSERT INTO api_keys (workspace_id, ${KEY_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
}
const insertHashStatement: Statement = {
  name: 'insert_api_key_hash',
  text: 'INSERT INTO api_key_hashes (key_hash, workspace_id, api_key_id) VALUES ($1, $2, $3)',
}

/** Stores a key and where its hash leads. */
export async function insertKey(tx: Tx, key: KeyRow, hash: Buffer): Promise<void> {
  const { id, name, kind, scopes, origin, prefix, last_four, version, created_at, expires_at, revoked_at } = key
  const values = [id, name, kind, scopes, origin, prefix, last_four, version, created_at, expires_at, revoked_at]
  await tx.query(insertKeyStatement, [tx.workspaceId, ...values])
  await tx.query(insertHashStatement, [hash, tx.workspaceId, id])
}

const listKeysStatement: Statement = {
  name: 'list_api_keys',
  text: `SELECT ${KEY_COLUMNS} FROM api_keys WHERE workspace_id = $1 ORDER BY created_at, id`,
}

/** All keys of a workspace, revoked ones included, oldest first. */
export async function listKeys(db: Db, workspaceId: string): Promise<KeyRow[]> {
  return await readInWorkspace(db, workspaceId, listKeysStatement, [workspaceId])
}

const revokeKeyStatement: Statement = {
  name: 'revoke_api_key',
  text: `UPDATE api_keys SET revoked_at = coalesce(revoked_at, $3), version = version + 1 WHERE workspace_id = $1 AND id = $2 RETURNING ${KEY_COLUMNS}`,
}

/** Ends a key; the first revocation counts. */
export async function revokeKeyRow(tx: Tx, id: string, at: string): Promise<KeyRow | undefined> {
  const [row] = await tx.query<KeyRow>(revokeKeyStatement, [tx.workspaceId, id, at])
  return row
}
