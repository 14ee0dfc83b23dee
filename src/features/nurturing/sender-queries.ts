/** Statements of senders and of the secrets of providers. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import type { SenderDefinition } from '../../domain/mail/sender.ts'

export interface SenderRow {
  sender_key: string
  version: number
  definition: SenderDefinition
  has_smtp_password: boolean
  has_dkim_private_key: boolean
  created_at: string
  updated_at: string
}

const COLUMNS = `sender_key, version, definition, smtp_password IS NOT NULL AS has_smtp_password,
    dkim_private_key IS NOT NULL AS has_dkim_private_key, created_at, updated_at`

const findStatement: Statement = {
  name: 'find_sender',
  text: `SELECT ${COLUMNS} FROM mail_senders WHERE workspace_id = $1 AND sender_key = $2`,
}

/** One sender, without its secrets. */
export async function findSender(db: Db, workspaceId: string, key: string): Promise<SenderRow | undefined> {
  const [row] = await readInWorkspace<SenderRow>(db, workspaceId, findStatement, [workspaceId, key])
  return row
}

const lockStatement: Statement = { name: 'lock_sender', text: `${findStatement.text} FOR UPDATE` }

/** One sender, locked until the transaction ends. */
export async function lockSender(tx: Tx, key: string): Promise<SenderRow | undefined> {
  const [row] = await tx.query<SenderRow>(lockStatement, [tx.workspaceId, key])
  return row
}

const listStatement: Statement = {
  name: 'list_senders',
  text: `SELECT ${COLUMNS} FROM mail_senders WHERE workspace_id = $1 AND ($2::text IS NULL OR sender_key > $2) ORDER BY sender_key LIMIT $3`,
}

/** Senders in the order of their keys. */
export async function listSenders(
  db: Db,
  workspaceId: string,
  after: string | null,
  limit: number,
): Promise<SenderRow[]> {
  return await readInWorkspace(db, workspaceId, listStatement, [workspaceId, after, limit])
}

/** A sealed secret: undefined keeps the stored one, null removes it. */
export type NewSecret = Buffer | null | undefined

const saveStatement: Statement = {
  name: 'save_sender',
  text: `INSERT INTO mail_senders AS s (workspace_id, sender_key, version, definition, smtp_password, dkim_private_key, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $9, $9)
    ON CONFLICT (workspace_id, sender_key) DO UPDATE SET version = excluded.version, definition = excluded.definition,
      smtp_password = CASE WHEN $7 THEN s.smtp_password ELSE excluded.smtp_password END,
      dkim_private_key = CASE WHEN $8 THEN s.dkim_private_key ELSE excluded.dkim_private_key END, updated_at = excluded.updated_at
    WHERE s.version = excluded.version - 1 RETURNING version`,
}
const othersStatement: Statement = {
  name: 'unset_other_default_senders',
  text: `UPDATE mail_senders SET definition = jsonb_set(definition, '{is_default}', 'false'), version = version + 1, updated_at = $3
    WHERE workspace_id = $1 AND sender_key <> $2 AND (definition->>'is_default')::boolean`,
}

/** Writes a sender; false when somebody else wrote that version first. The default one is the only one. */
export async function saveSender(
  tx: Tx,
  key: string,
  version: number,
  definition: SenderDefinition,
  secrets: { smtp_password: NewSecret; dkim_private_key: NewSecret },
  at: string,
): Promise<boolean> {
  const { smtp_password: password, dkim_private_key: privateKey } = secrets
  const values = [tx.workspaceId, key, version, JSON.stringify(definition), password ?? null, privateKey ?? null]
  const keeps = [password === undefined, privateKey === undefined]
  const written = await tx.query(saveStatement, [...values, ...keeps, at])
  if (written.length > 0 && definition.is_default) await tx.query(othersStatement, [tx.workspaceId, key, at])
  return written.length > 0
}

const deleteStatement: Statement = {
  name: 'delete_sender',
  text: 'DELETE FROM mail_senders WHERE workspace_id = $1 AND sender_key = $2',
}

/** Removes a sender. */
export async function deleteSender(tx: Tx, key: string): Promise<void> {
  await tx.query(deleteStatement, [tx.workspaceId, key])
}

export interface ProviderRow {
  provider: string
  version: number
  secret: Buffer
  updated_at: string
}

const findProviderStatement: Statement = {
  name: 'find_mail_provider',
  text: 'SELECT provider, version, secret, updated_at FROM mail_providers WHERE workspace_id = $1 AND provider = $2',
}

/** The sealed secret of a provider. */
export async function findProvider(db: Db, workspaceId: string, provider: string): Promise<ProviderRow | undefined> {
  const [row] = await readInWorkspace<ProviderRow>(db, workspaceId, findProviderStatement, [workspaceId, provider])
  return row
}

const lockProviderStatement: Statement = {
  name: 'lock_mail_provider',
  text: 'SELECT version FROM mail_providers WHERE workspace_id = $1 AND provider = $2 FOR UPDATE',
}

/** Version of a stored secret, locked until the transaction ends. */
export async function lockProviderVersion(tx: Tx, provider: string): Promise<number | undefined> {
  const [row] = await tx.query<{ version: number }>(lockProviderStatement, [tx.workspaceId, provider])
  return row?.version
}

const saveProviderStatement: Statement = {
  name: 'save_mail_provider',
  text: `INSERT INTO mail_providers AS p (workspace_id, provider, version, secret, updated_at) VALUES ($1, $2, 1, $3, $4)
    ON CONFLICT (workspace_id, provider) DO UPDATE SET version = p.version + 1, secret = excluded.secret, updated_at = excluded.updated_at
    WHERE p.version = $5 RETURNING version`,
}

/** Writes the sealed secret of a provider; its version, or undefined when another one than `expected` is stored. */
export async function saveProvider(
  tx: Tx,
  provider: string,
  secret: Buffer,
  expected: number,
  at: string,
): Promise<number | undefined> {
  const values = [tx.workspaceId, provider, secret, at, expected]
  const [row] = await tx.query<{ version: number }>(saveProviderStatement, values)
  return row?.version
}
