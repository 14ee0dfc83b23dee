/** Statements that read assignments and leads without an owner. */
import { type Db, readInWorkspace, type Statement } from '../../db/client.ts'
import type { TeamDocument } from '../../domain/routing/team-document.ts'
import type { AssignmentRow } from '../../pipeline/route/assignment-queries.ts'
import type { UnroutedLead } from '../../pipeline/route/route-queries.ts'

export interface AssignmentFilter {
  lead_id: string | null
  user_id: string | null
  pool_key: string | null
  rule_key: string | null
  open: boolean | null
  assigned_after: string | null
  assigned_before: string | null
}

/** All assignments. */
export const NO_FILTER: AssignmentFilter = {
  lead_id: null,
  user_id: null,
  pool_key: null,
  rule_key: null,
  open: null,
  assigned_after: null,
  assigned_before: null,
}

const TERMS: { [K in keyof AssignmentFilter]: (parameter: string) => string } = {
  lead_id: (p) => `lead_id = ${p}::uuid`,
  user_id: (p) => `user_id = ${p}::uuid`,
  pool_key: (p) => `pool_key = ${p}`,
  rule_key: (p) => `rule_key = ${p}`,
  open: (p) => `(ended_at IS NULL) = ${p}::boolean`,
  assigned_after: (p) => `assigned_at >= ${p}::timestamptz`,
  assigned_before: (p) => `assigned_at < ${p}::timestamptz`,
}

/** A page of assignments, newest first. */
export async function listAssignments(
  db: Db,
  workspaceId: string,
  filter: AssignmentFilter,
  before: [string, string] | null,
  limit: number,
): Promise<AssignmentRow[]> {
  const values: unknown[] = [workspaceId]
  const add = (value: unknown) => `$${values.push(value)}`
  const given = (Object.keys(TERMS) as (keyof AssignmentFilter)[]).filter((name) => filter[name] !== null)
  const terms = ['workspace_id = $1', ...given.map((name) => TERMS[name](add(filter[name])))]
  if (before !== null) terms.push(`(assigned_at, id) < (${add(before[0])}::timestamptz, ${add(before[1])}::uuid)`)
  const text = `SELECT * FROM assignments WHERE ${terms.join(' AND ')} ORDER BY assigned_at DESC, id DESC LIMIT ${add(limit)}`
  const name = `list_assignments ${given.join(' ')}${before === null ? '' : '+'}`
  return await readInWorkspace(db, workspaceId, { name, text }, values)
}

const findStatement: Statement = {
  name: 'find_assignment',
  text: 'SELECT * FROM assignments WHERE workspace_id = $1 AND id = $2',
}

/** One assignment. */
export async function findAssignment(db: Db, workspaceId: string, id: string): Promise<AssignmentRow | undefined> {
  const [row] = await readInWorkspace<AssignmentRow>(db, workspaceId, findStatement, [workspaceId, id])
  return row
}

const teamsStatement: Statement = {
  name: 'list_team_versions',
  text: 'SELECT version, document FROM team_versions WHERE workspace_id = $1 AND version = ANY($2::int[])',
}

/** The teams as they were in these versions. */
export async function listTeamVersions(
  db: Db,
  workspaceId: string,
  versions: number[],
): Promise<Map<number, TeamDocument>> {
  if (versions.length === 0) return new Map()
  const rows = await readInWorkspace<{ version: number; document: TeamDocument }>(db, workspaceId, teamsStatement, [
    workspaceId,
    versions,
  ])
  return new Map(rows.map(({ version, document }) => [version, document]))
}

const unroutedStatement: Statement = {
  name: 'list_unrouted_leads',
  text: `SELECT u.*, (r.policy) AS policy FROM unrouted_leads u
    LEFT JOIN receipts r ON r.workspace_id = u.workspace_id AND r.id = u.receipt_id
    WHERE u.workspace_id = $1 AND ($2::text IS NULL OR u.state = $2) AND ($3::timestamptz IS NULL OR (u.since, u.lead_id) > ($3, $4::uuid))
      AND ($5::uuid IS NULL OR u.lead_id = $5)
    ORDER BY u.since, u.lead_id LIMIT $6`,
}

/** Leads without an owner, the longest waiting first. */
export async function listUnroutedLeads(
  db: Db,
  workspaceId: string,
  filter: { state: string | null; lead_id: string | null },
  after: [string, string] | null,
  limit: number,
): Promise<UnroutedLead[]> {
  const [since = null, id = null] = after ?? []
  return await readInWorkspace(db, workspaceId, unroutedStatement, [
    workspaceId,
    filter.state,
    since,
    id,
    filter.lead_id,
    limit,
  ])
}
