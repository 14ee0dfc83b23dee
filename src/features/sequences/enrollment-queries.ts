/** Statements that read enrollments. */
import { type Db, type Queryable, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import type { EnrollmentRow } from '../../domain/sequence/enrollment.ts'
import { ENROLLMENT_COLUMNS, type VisitRow } from '../../pipeline/sequences/enrollment-queries.ts'
import { MOST_VISITS } from './enrollment-schemas.ts'

export interface EnrollmentFilter {
  sequence_key: string | null
  lead_id: string | null
  status: string | null
}

const TERMS: { [K in keyof EnrollmentFilter]: (parameter: string) => string } = {
  sequence_key: (p) => `sequence_key = ${p}`,
  lead_id: (p) => `lead_id = ${p}::uuid`,
  status: (p) => `status = ${p}`,
}

/** A page of enrollments, newest first. */
export async function listEnrollments(
  db: Db,
  workspaceId: string,
  filter: EnrollmentFilter,
  before: [string, string] | null,
  limit: number,
): Promise<EnrollmentRow[]> {
  const values: unknown[] = [workspaceId]
  const add = (value: unknown) => `$${values.push(value)}`
  const given = (Object.keys(TERMS) as (keyof EnrollmentFilter)[]).filter((name) => filter[name] !== null)
  const terms = ['workspace_id = $1', ...given.map((name) => TERMS[name](add(filter[name])))]
  if (before !== null) terms.push(`(started_at, id) < (${add(before[0])}::timestamptz, ${add(before[1])}::uuid)`)
  const text = `SELECT ${ENROLLMENT_COLUMNS} FROM enrollments WHERE ${terms.join(' AND ')}
    ORDER BY started_at DESC, id DESC LIMIT ${add(limit)}`
  const name = `list_enrollments ${given.join(' ')}${before === null ? '' : '+'}`
  return await readInWorkspace(db, workspaceId, { name, text }, values)
}

const findStatement: Statement = {
  name: 'find_enrollment',
  text: `SELECT ${ENROLLMENT_COLUMNS} FROM enrollments WHERE workspace_id = $1 AND id = $2`,
}
const lockStatement: Statement = { name: 'lock_enrollment', text: `${findStatement.text} FOR UPDATE` }

/** One enrollment. */
export async function findEnrollment(tx: Tx, id: string): Promise<EnrollmentRow | undefined> {
  return (await tx.query<EnrollmentRow>(findStatement, [tx.workspaceId, id]))[0]
}

/** One enrollment, locked until the transaction ends. */
export async function lockEnrollment(tx: Tx, id: string): Promise<EnrollmentRow | undefined> {
  return (await tx.query<EnrollmentRow>(lockStatement, [tx.workspaceId, id]))[0]
}

const visitsStatement: Statement = {
  name: 'list_enrollment_visits',
  text: `SELECT * FROM (
      SELECT enrollment_id, position, sequence_key, step_key, kind, way, variant, outcome, message_id, visited_at
      FROM enrollment_visits WHERE workspace_id = $1 AND enrollment_id = $2 ORDER BY position DESC LIMIT ${MOST_VISITS}) AS newest
    ORDER BY position`,
}

/** The newest visits of an enrollment, the oldest of them first. */
export async function listVisits(db: Queryable, workspaceId: string, id: string): Promise<VisitRow[]> {
  return await db.query<VisitRow>(visitsStatement, [workspaceId, id])
}

const runningStatement: Statement = {
  name: 'list_running_enrollments',
  text: `SELECT id, lead_id FROM enrollments
    WHERE workspace_id = $1 AND sequence_key = $2 AND lead_id = ANY($3::uuid[]) AND status <> 'ended'`,
}

/** The enrollment of each of these leads that runs in a sequence, by lead. */
export async function listRunning(tx: Tx, key: string, leadIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.query<{ id: string; lead_id: string }>(runningStatement, [tx.workspaceId, key, leadIds])
  return new Map(rows.map(({ id, lead_id }) => [lead_id, id]))
}
