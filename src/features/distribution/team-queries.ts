/** Statements about teams, pools, territories and holidays. */
import type { Queryable, Statement, Tx } from '../../db/client.ts'
import { NO_TEAMS, type TeamDocument } from '../../domain/routing/team-document.ts'

export interface StoredTeams {
  version: number
  valid_from: string | null
  document: TeamDocument
}

/** What a workspace has before anybody says anything. */
const UNTOUCHED: StoredTeams = { version: 1, valid_from: null, document: NO_TEAMS }

const findStatement: Statement = {
  name: 'find_teams',
  text: `SELECT version, valid_from, document FROM team_versions WHERE workspace_id = $1 ORDER BY version DESC LIMIT 1`,
}

/** The document as it is now. */
export async function findTeams(db: Queryable, workspaceId: string): Promise<StoredTeams> {
  const [row] = await db.query<StoredTeams>(findStatement, [workspaceId])
  return row ?? UNTOUCHED
}

const insertStatement: Statement = {
  name: 'insert_team_version',
  text: `INSERT INTO team_versions (workspace_id, version, valid_from, actor, document) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT DO NOTHING RETURNING version`,
}

/** Adds a version; false when another writer made it first. */
export async function insertTeams(
  tx: Tx,
  version: number,
  actor: string,
  document: TeamDocument,
  at: string,
): Promise<boolean> {
  const values = [tx.workspaceId, version, at, actor, JSON.stringify(document)]
  return (await tx.query(insertStatement, values)).length === 1
}

const usersStatement: Statement = {
  name: 'list_known_users',
  text: 'SELECT id FROM users WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

/** Those of these sellers that the workspace has. */
export async function listKnownUsers(tx: Tx, ids: string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(usersStatement, [tx.workspaceId, ids])
  return new Set(rows.map(({ id }) => id))
}

const usesStatement: Statement = {
  name: 'list_user_references',
  text: `SELECT DISTINCT kind, key FROM (
      SELECT 'territory' AS kind, unnest(territories) AS key FROM users WHERE workspace_id = $1
      UNION ALL SELECT 'holidays', holidays_key FROM users WHERE workspace_id = $1 AND holidays_key IS NOT NULL) AS used ORDER BY kind DESC, key`,
}

/** Territories and holiday calendars that sellers name. */
export async function listUses(tx: Tx): Promise<{ kind: 'territory' | 'holidays'; key: string }[]> {
  return await tx.query(usesStatement, [tx.workspaceId])
}

const buyersStatement: Statement = {
  name: 'list_known_buyers',
  text: 'SELECT buyer_key FROM buyers WHERE workspace_id = $1 AND buyer_key = ANY($2::text[])',
}

/** Those of these buyers that the workspace has. */
export async function listKnownBuyers(tx: Tx, keys: string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set()
  const rows = await tx.query<{ buyer_key: string }>(buyersStatement, [tx.workspaceId, keys])
  return new Set(rows.map(({ buyer_key }) => buyer_key))
}

const holidayKeysStatement: Statement = {
  name: 'list_holiday_keys',
  text: 'SELECT id, holidays_key FROM users WHERE workspace_id = $1',
}

/** All sellers with the holiday calendar that each names. */
export async function listHolidayKeys(tx: Tx): Promise<{ id: string; holidays_key: string | null }[]> {
  return await tx.query(holidayKeysStatement, [tx.workspaceId])
}

const queuesStatement: Statement = {
  name: 'list_pools_with_queues',
  text: `SELECT DISTINCT pool_key FROM assignments WHERE workspace_id = $1 AND target = 'queue' AND ended_at IS NULL
    AND pool_key = ANY ($2::text[]) ORDER BY pool_key`,
}

/** Those of these pools in whose pull queues leads wait. */
export async function listQueues(tx: Tx, poolKeys: string[]): Promise<string[]> {
  if (poolKeys.length === 0) return []
  const rows = await tx.query<{ pool_key: string }>(queuesStatement, [tx.workspaceId, poolKeys])
  return rows.map(({ pool_key }) => pool_key)
}
