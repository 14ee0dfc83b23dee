/** Statements of recorded activities. */
import { type Db, readInWorkspace, type Statement, type Tx, withWorkspace } from '../../db/client.ts'
import type { ActivityFacts } from '../../domain/activity.ts'

const COLUMNS =
  'id, lead_id, type, occurred_at, actor, subject, body, data, assignee_id, due_at, done_at, receipt_id, version, updated_at'

const findStatement: Statement = {
  name: 'find_activity',
  text: `SELECT ${COLUMNS} FROM activities WHERE workspace_id = $1 AND id = $2`,
}

/** One line of a timeline, whoever told it. */
export async function findActivity(db: Db, workspaceId: string, id: string): Promise<ActivityFacts | undefined> {
  const [row] = await readInWorkspace<ActivityFacts>(db, workspaceId, findStatement, [workspaceId, id])
  return row
}

const lockStatement: Statement = { name: 'lock_activity', text: `${findStatement.text} FOR UPDATE` }

/** One line, locked until the transaction ends. */
export async function lockActivity(tx: Tx, id: string): Promise<ActivityFacts | undefined> {
  const [row] = await tx.query<ActivityFacts>(lockStatement, [tx.workspaceId, id])
  return row
}

const updateStatement: Statement = {
  name: 'update_activity',
  text: `UPDATE activities AS a SET occurred_at = r.occurred_at, subject = r.subject, body = r.body, data = r.data,
      assignee_id = r.assignee_id, due_at = r.due_at, done_at = r.done_at, version = r.version, updated_at = r.updated_at
    FROM jsonb_populate_record(null::activities, $2::jsonb) AS r WHERE a.workspace_id = $1 AND a.id = r.id`,
}

/** Writes what may change of an activity. */
export async function updateActivity(tx: Tx, activity: ActivityFacts): Promise<void> {
  await tx.query(updateStatement, [tx.workspaceId, JSON.stringify(activity)])
}

const knownLeadsStatement: Statement = {
  name: 'list_known_leads',
  text: 'SELECT id FROM leads WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

/** Those of these leads that the workspace has. */
export async function listKnownLeads(tx: Tx, ids: string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(knownLeadsStatement, [tx.workspaceId, ids])
  return new Set(rows.map(({ id }) => id))
}

const knownUsersStatement: Statement = {
  name: 'list_known_assignees',
  text: 'SELECT id FROM users WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

/** Those of these sellers that the workspace has. */
export async function listKnownUsers(tx: Tx, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await tx.query<{ id: string }>(knownUsersStatement, [tx.workspaceId, ids])
  return new Set(rows.map(({ id }) => id))
}

/** Orders of the list; by `due_at` only what has such a moment. */
export const ACTIVITY_SORTS = ['-occurred_at', 'occurred_at', 'due_at'] as const
export type ActivitySort = (typeof ACTIVITY_SORTS)[number]

export interface ActivityFilter {
  lead_id: string | null
  type: string[]
  actor: string | null
  assignee_id: string | null
  occurred_after: string | null
  occurred_before: string | null
  due_after: string | null
  due_before: string | null
  done: boolean | null
}

const TERMS: { [K in keyof ActivityFilter]: (parameter: string) => string } = {
  lead_id: (p) => `lead_id = ${p}::uuid`,
  type: (p) => `type = ANY(${p}::text[])`,
  actor: (p) => `actor = ${p}::text`,
  assignee_id: (p) => `assignee_id = ${p}::uuid`,
  occurred_after: (p) => `occurred_at >= ${p}::timestamptz`,
  occurred_before: (p) => `occurred_at < ${p}::timestamptz`,
  due_after: (p) => `due_at >= ${p}::timestamptz`,
  due_before: (p) => `due_at < ${p}::timestamptz`,
  done: (p) => `(type = 'task' AND (done_at IS NOT NULL) = ${p}::boolean)`,
}

/** A page of recorded activities; `after` is the sort value and id of the last one before. */
export async function listActivities(
  db: Db,
  workspaceId: string,
  filter: ActivityFilter,
  sort: ActivitySort,
  after: [string, string] | null,
  limit: number,
): Promise<ActivityFacts[]> {
  const column = sort.replace('-', '')
  const [direction, beyond] = sort.startsWith('-') ? ['DESC', '<'] : ['ASC', '>']
  const values: unknown[] = [workspaceId]
  const add = (value: unknown) => `$${values.push(value)}`
  const terms = ['workspace_id = $1', 'version IS NOT NULL']
  if (column === 'due_at') terms.push('due_at IS NOT NULL')
  for (const [name, value] of Object.entries(filter) as [keyof ActivityFilter, unknown][]) {
    if (value !== null && !(Array.isArray(value) && value.length === 0)) terms.push(TERMS[name](add(value)))
  }
  if (after !== null) terms.push(`(${column}, id) ${beyond} (${add(after[0])}::timestamptz, ${add(after[1])}::uuid)`)
  const text = `SELECT ${COLUMNS} FROM activities WHERE ${terms.join(' AND ')} ORDER BY ${column} ${direction}, id ${direction} LIMIT ${add(limit)}`
  return await withWorkspace(db, workspaceId, (tx) => tx.query<ActivityFacts>(text, values))
}
