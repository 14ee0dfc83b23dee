/** Statements about the installation and its workspaces. */
import { type Db, type Queryable, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import type { StoredSettings } from '../../domain/workspace-settings.ts'

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

export interface WorkspaceRow {
  id: string
  name: string
  settings: Partial<StoredSettings>
  version: number
  created_at: string
  updated_at: string
}

const findWorkspaceStatement: Statement = {
  name: 'find_workspace',
  text: 'SELECT id, name, settings, version, created_at, updated_at FROM workspaces WHERE id = $1',
}
const lockWorkspaceStatement: Statement = { name: 'lock_workspace', text: `${findWorkspaceStatement.text} FOR UPDATE` }

/** The row of a workspace. */
export async function findWorkspace(db: Db, workspaceId: string): Promise<WorkspaceRow | undefined> {
  const [row] = await readInWorkspace<WorkspaceRow>(db, workspaceId, findWorkspaceStatement, [workspaceId])
  return row
}

/** The row of the transaction's workspace, locked until it ends. */
export async function lockWorkspace(tx: Tx): Promise<WorkspaceRow | undefined> {
  const [row] = await tx.query<WorkspaceRow>(lockWorkspaceStatement, [tx.workspaceId])
  return row
}

const saveWorkspaceStatement: Statement = {
  name: 'save_workspace',
  text: 'UPDATE workspaces SET name = $2, settings = $3, version = $4, updated_at = $5 WHERE id = $1',
}

/** Writes name, settings and version of the transaction's workspace. */
export async function saveWorkspace(tx: Tx, row: WorkspaceRow): Promise<void> {
  const { name, settings, version, updated_at } = row
  await tx.query(saveWorkspaceStatement, [tx.workspaceId, name, JSON.stringify(settings), version, updated_at])
}
