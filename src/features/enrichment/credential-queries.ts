/** Statements of stored credentials. What is sealed leaves the database only for a call. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'

export interface CredentialRow {
  credential_key: string
  version: number
  created_at: string
  updated_at: string
}

const COLUMNS = 'credential_key, version, created_at, updated_at'

const listStatement: Statement = {
  name: 'list_credentials',
  text: `SELECT ${COLUMNS} FROM enrichment_credentials WHERE workspace_id = $1 AND ($2::text IS NULL OR credential_key > $2)
    ORDER BY credential_key LIMIT $3`,
}

/** Credentials in the order of their keys. */
export async function listCredentials(
  db: Db,
  workspaceId: string,
  after: string | null,
  limit: number,
): Promise<CredentialRow[]> {
  return await readInWorkspace(db, workspaceId, listStatement, [workspaceId, after, limit])
}

const keysStatement: Statement = {
  name: 'list_credential_keys',
  text: 'SELECT credential_key FROM enrichment_credentials WHERE workspace_id = $1',
}

/** Keys of all credentials. */
export async function listCredentialKeys(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ credential_key: string }>(keysStatement, [tx.workspaceId])
  return rows.map(({ credential_key }) => credential_key)
}

const insertStatement: Statement = {
  name: 'insert_credential',
  text: `INSERT INTO enrichment_credentials (workspace_id, credential_key, sealed, version, created_at, updated_at)
    VALUES ($1, $2, $3, 1, $4, $4) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
}
const lockStatement: Statement = {
  name: 'lock_credential',
  text: `SELECT ${COLUMNS} FROM enrichment_credentials WHERE workspace_id = $1 AND credential_key = $2 FOR UPDATE`,
}
const updateStatement: Statement = {
  name: 'update_credential',
  text: `UPDATE enrichment_credentials SET sealed = $3, version = version + 1, updated_at = $4
    WHERE workspace_id = $1 AND credential_key = $2 RETURNING ${COLUMNS}`,
}
const deleteStatement: Statement = {
  name: 'delete_credential',
  text: 'DELETE FROM enrichment_credentials WHERE workspace_id = $1 AND credential_key = $2',
}

/** Stores a new credential; undefined when there is one with this key. */
export async function insertCredential(
  tx: Tx,
  key: string,
  sealed: Buffer,
  at: string,
): Promise<CredentialRow | undefined> {
  return (await tx.query<CredentialRow>(insertStatement, [tx.workspaceId, key, sealed, at]))[0]
}

/** A credential, locked until the transaction ends. */
export async function lockCredential(tx: Tx, key: string): Promise<CredentialRow | undefined> {
  return (await tx.query<CredentialRow>(lockStatement, [tx.workspaceId, key]))[0]
}

/** Replaces what is sealed. */
export async function updateCredential(
  tx: Tx,
  key: string,
  sealed: Buffer,
  at: string,
): Promise<CredentialRow | undefined> {
  return (await tx.query<CredentialRow>(updateStatement, [tx.workspaceId, key, sealed, at]))[0]
}

/** Removes a credential. */
export async function deleteCredentialRow(tx: Tx, key: string): Promise<void> {
  await tx.query(deleteStatement, [tx.workspaceId, key])
}

// The draft and the published version: a run may need either.
const usesStatement: Statement = {
  name: 'find_credential_use',
  text: `SELECT state FROM policy_versions WHERE workspace_id = $1 AND kind = 'enrichment' AND state IN ('draft', 'published')
    AND definition::text LIKE '%{{%credential.' || $2 || '%}}%' LIMIT 1`,
}

/** Whether a policy that is or may be followed names the credential; a longer key that begins alike counts too. */
export async function isCredentialUsed(tx: Tx, key: string): Promise<boolean> {
  return (await tx.query(usesStatement, [tx.workspaceId, key.replaceAll('_', '\\_')])).length > 0
}
