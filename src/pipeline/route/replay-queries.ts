/** Statements that read what a replay is made from: the log of assignments, and everybody as they were. */
import type { Statement, Tx } from '../../db/client.ts'
import type { LoggedAssignment } from '../../domain/routing/replay.ts'
import type { RoutedSeller } from '../../domain/routing/routing-world.ts'
import type { TeamDocument } from '../../domain/routing/team-document.ts'

const COLUMNS = `id, lead_id, user_id, assigned_at, ended_at, end_reason, credited_at, pool_key, pass_before, pass_after,
      decision, score, worth`

const logStatement: Statement = {
  name: 'list_assignment_log',
  text: `SELECT ${COLUMNS} FROM assignments WHERE workspace_id = $1 AND assigned_at >= $2 AND assigned_at < $3
      AND (assigned_at, id) > ($4::timestamptz, $5::uuid) ORDER BY assigned_at, id LIMIT $6`,
}
const deskStatement: Statement = {
  name: 'list_assignments_on_desk',
  text: `SELECT ${COLUMNS} FROM assignments WHERE workspace_id = $1 AND assigned_at < $2 AND ended_at >= $2 AND user_id IS NOT NULL`,
}

type LogRow = Omit<LoggedAssignment, 'assigned_at' | 'ended_at' | 'is_credited' | 'is_routed'> & {
  assigned_at: string
  ended_at: string | null
  credited_at: string | null
  decision: number | null
}

/** An assignment with its place in the order of decisions; null for what people decided. */
export type OrderedAssignment = LoggedAssignment & { decision: number | null }

const toLogged = ({ assigned_at, ended_at, credited_at, ...row }: LogRow): OrderedAssignment => ({
  ...row,
  assigned_at: Date.parse(assigned_at),
  ended_at: ended_at === null ? null : Date.parse(ended_at),
  is_credited: credited_at !== null,
  is_routed: row.decision !== null,
})

/** A page of the log of a time, after the place where the page before ended. */
export async function listLog(
  tx: Tx,
  { from, to }: { from: string; to: string },
  after: { at: string; id: string } | null,
  limit: number,
): Promise<OrderedAssignment[]> {
  const place = [after?.at ?? from, after?.id ?? '00000000-0000-0000-0000-000000000000']
  return (await tx.query<LogRow>(logStatement, [tx.workspaceId, from, to, ...place, limit])).map(toLogged)
}

/** What was on the desks at a moment and has left them since. */
export async function listOnDesk(tx: Tx, at: string): Promise<OrderedAssignment[]> {
  return (await tx.query<LogRow>(deskStatement, [tx.workspaceId, at])).map(toLogged)
}

const userVersionsStatement: Statement = {
  name: 'list_user_history',
  text: 'SELECT user_id, valid_from, document FROM user_versions WHERE workspace_id = $1 ORDER BY valid_from, version',
}
const teamVersionsStatement: Statement = {
  name: 'list_team_history',
  text: 'SELECT version, valid_from, document FROM team_versions WHERE workspace_id = $1 ORDER BY version',
}

/** A version of somebody or something, and since when it held. */
export interface Versioned<T> {
  valid_from: string
  document: T
}

/** Everybody and everything as they ever were, in order. */
export async function listPeopleHistory(tx: Tx): Promise<{
  sellers: (Versioned<RoutedSeller> & { user_id: string })[]
  teams: (Versioned<TeamDocument> & { version: number })[]
}> {
  const [sellers, teams] = await Promise.all([
    tx.query<Versioned<RoutedSeller> & { user_id: string }>(userVersionsStatement, [tx.workspaceId]),
    tx.query<Versioned<TeamDocument> & { version: number }>(teamVersionsStatement, [tx.workspaceId]),
  ])
  return { sellers, teams }
}

const previousStatement: Statement = {
  name: 'list_previous_owners',
  text: `SELECT DISTINCT ON (lead_id) lead_id, user_id FROM assignments
    WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[]) AND assigned_at < $3 AND user_id IS NOT NULL
    ORDER BY lead_id, assigned_at DESC, id DESC`,
}

/** Who had these leads last before a moment. */
export async function listPreviousOwners(tx: Tx, leadIds: string[], before: string): Promise<Map<string, string>> {
  const rows = await tx.query<{ lead_id: string; user_id: string }>(previousStatement, [
    tx.workspaceId,
    leadIds,
    before,
  ])
  return new Map(rows.map(({ lead_id, user_id }) => [lead_id, user_id]))
}
