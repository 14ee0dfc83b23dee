/** Statements about the work on assignments. */
import type { Queryable, Statement, Tx } from '../../db/client.ts'
import { NO_TEAMS, type Pool, type TeamDocument } from '../../domain/routing/team-document.ts'
import type { AssignmentRow } from '../../pipeline/route/assignment-queries.ts'

const findStatement: Statement = {
  name: 'find_assignment',
  text: 'SELECT * FROM assignments WHERE workspace_id = $1 AND id = $2',
}
const lockStatement: Statement = { name: 'lock_assignment', text: `${findStatement.text} FOR UPDATE` }

/** One assignment. */
export async function findAssignment(
  db: Queryable,
  workspaceId: string,
  id: string,
): Promise<AssignmentRow | undefined> {
  const [row] = await db.query<AssignmentRow>(findStatement, [workspaceId, id])
  return row
}

/** One assignment, locked; its lead is locked before. */
export async function lockAssignment(tx: Tx, id: string): Promise<AssignmentRow | undefined> {
  const [row] = await tx.query<AssignmentRow>(lockStatement, [tx.workspaceId, id])
  return row
}

const progressStatement: Statement = {
  name: 'progress_assignment',
  text: `UPDATE assignments SET accepted_at = coalesce(accepted_at, $3), first_touch_at = coalesce(first_touch_at, $4),
      version = version + 1, updated_at = $5 WHERE workspace_id = $1 AND id = $2 RETURNING *`,
}

/** Notes when it was accepted or first touched; what is noted already stays. */
export async function progressAssignment(
  tx: Tx,
  id: string,
  { accepted_at, first_touch_at, at }: { accepted_at: string | null; first_touch_at: string | null; at: string },
): Promise<AssignmentRow> {
  const [row] = await tx.query<AssignmentRow>(progressStatement, [tx.workspaceId, id, accepted_at, first_touch_at, at])
  if (row === undefined) throw new Error('a locked assignment is there')
  return row
}

const teamsStatement: Statement = {
  name: 'find_teams_of_workers',
  text: 'SELECT document FROM team_versions WHERE workspace_id = $1 ORDER BY version DESC LIMIT 1',
}

/** A pool with the document that it is part of. */
export async function findPool(tx: Tx, key: string): Promise<{ pool: Pool | undefined; teams: TeamDocument }> {
  const [row] = await tx.query<{ document: TeamDocument }>(teamsStatement, [tx.workspaceId])
  const teams = row?.document ?? NO_TEAMS
  return { pool: teams.pools.find((pool) => pool.key === key), teams }
}

// In the order of the index assignments_pull_ix; a lead that somebody else is getting is passed over, and one that the
// seller has declined: it would come back for ever.
const claimStatement: Statement = {
  name: 'claim_queued_lead',
  text: `SELECT a.id, a.lead_id FROM assignments a JOIN leads l ON l.workspace_id = a.workspace_id AND l.id = a.lead_id
    WHERE a.workspace_id = $1 AND a.pool_key = $2 AND a.target = 'queue' AND a.ended_at IS NULL
      AND NOT EXISTS (SELECT FROM assignments past WHERE past.workspace_id = $1 AND past.lead_id = a.lead_id
        AND past.user_id = $3 AND past.end_reason = 'declined')
    ORDER BY a.score DESC NULLS LAST, a.arrived_at, a.id LIMIT 1 FOR UPDATE OF l SKIP LOCKED`,
}

/** Locks the best waiting lead of a pool that nobody else has locked and that the seller has not declined. */
export async function claimQueuedLead(
  tx: Tx,
  poolKey: string,
  userId: string,
): Promise<{ id: string; lead_id: string } | undefined> {
  const [row] = await tx.query<{ id: string; lead_id: string }>(claimStatement, [tx.workspaceId, poolKey, userId])
  return row
}

const roomStatement: Statement = {
  name: 'lock_puller',
  text: `SELECT u.active, u.capacity_open, u.capacity_day, u.capacity_week, coalesce(u.time_zone, w.settings->>'time_zone', 'UTC') AS time_zone,
      coalesce(l.open_count, 0) AS open_count, l.day, coalesce(l.day_count, 0) AS day_count, l.week, coalesce(l.week_count, 0) AS week_count
    FROM users u JOIN workspaces w ON w.id = $1 LEFT JOIN seller_loads l ON l.workspace_id = u.workspace_id AND l.user_id = u.id
    WHERE u.workspace_id = $1 AND u.id = $2 FOR UPDATE OF u`,
}

export interface Puller {
  active: boolean
  capacity_open: number | null
  capacity_day: number | null
  capacity_week: number | null
  time_zone: string
  open_count: number
  day: string | null
  day_count: number
  week: string | null
  week_count: number
}

const lockUserStatement: Statement = {
  name: 'lock_puller_row',
  text: 'SELECT id FROM users WHERE workspace_id = $1 AND id = $2 FOR UPDATE',
}

/** A seller with what is on the desk, locked, so that two pulls of one seller follow each other. */
export async function lockPuller(tx: Tx, userId: string): Promise<Puller | undefined> {
  await tx.query(lockUserStatement, [tx.workspaceId, userId])
  // A new statement: it counts what a pull that came first has left.
  const [row] = await tx.query<Puller>(roomStatement, [tx.workspaceId, userId])
  return row
}
