/** Statements about enrollments: claim what is due, lock their leads, write what the look at them came to. */
import type { Queryable, Statement, Tx } from '../../db/client.ts'
import { type LeadFacts, leadFactsOf } from '../../domain/lead.ts'
import { LEAD_CHANGES } from '../../domain/sequence/advance.ts'
import type { EnrollmentRow } from '../../domain/sequence/enrollment.ts'

export const sweepDueEnrollments: Statement = {
  name: 'sweep_due_enrollments',
  text: `SELECT w.id AS workspace_id FROM workspaces w WHERE EXISTS (SELECT FROM enrollments e
    WHERE e.workspace_id = w.id AND e.status = 'active' AND e.due_at <= now()) LIMIT $1`,
}

const COLUMNS = `id, sequence_key, version, lead_id, status, reason, held_out, step_key, waiting_since, variant, due_at, visits,
  failures, edits, entered_by, started_at, ended_at, updated_at`

/** Columns of an enrollment, for the statements of the room that shows them. */
export const ENROLLMENT_COLUMNS = COLUMNS

// By the clock that decides, or what is due by another clock only would be claimed again and again.
// Nobody here waits for anybody: what another worker or the judge of the lead holds comes with the next look.
const claimStatement: Statement = {
  name: 'claim_enrollments',
  text: `SELECT ${COLUMNS} FROM enrollments
    WHERE workspace_id = $1 AND status = 'active' AND due_at <= $2
      AND ($4::uuid IS NULL OR id = $4)
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED`,
}

/** Locks up to `limit` due enrollments, the longest due first, or the one that is named. */
export async function claimEnrollments(
  tx: Tx,
  now: Date,
  limit: number,
  only: string | null = null,
): Promise<EnrollmentRow[]> {
  return await tx.query<EnrollmentRow>(claimStatement, [tx.workspaceId, now.toISOString(), limit, only])
}

const lockLeadsStatement: Statement = {
  name: 'lock_leads_of_enrollments',
  text: 'SELECT * FROM leads WHERE workspace_id = $1 AND id = ANY($2::uuid[]) FOR UPDATE SKIP LOCKED',
}

/** Locks leads; those that another writer has are left out. */
export async function lockLeadsAtHand(tx: Tx, ids: readonly string[]): Promise<LeadFacts[]> {
  return (await tx.query<LeadFacts>(lockLeadsStatement, [tx.workspaceId, ids])).map(leadFactsOf)
}

const insertStatement: Statement = {
  name: 'insert_enrollments',
  text: `INSERT INTO enrollments SELECT * FROM jsonb_populate_recordset(null::enrollments, $1::jsonb)
    ON CONFLICT (workspace_id, sequence_key, lead_id) WHERE status <> 'ended' DO NOTHING RETURNING id`,
}

/** Adds enrollments; returns the ids of those whose lead was not in the sequence already. */
export async function insertEnrollments(tx: Tx, rows: readonly EnrollmentRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set()
  const stored = rows.map((row) => ({ workspace_id: tx.workspaceId, ...row }))
  return new Set((await tx.query<{ id: string }>(insertStatement, [JSON.stringify(stored)])).map(({ id }) => id))
}

const updateStatement: Statement = {
  name: 'update_enrollments',
  text: `UPDATE enrollments AS e SET status = r.status, reason = r.reason, version = r.version, step_key = r.step_key,
      waiting_since = r.waiting_since, variant = r.variant, due_at = r.due_at, visits = r.visits, failures = r.failures,
      edits = e.edits + 1, ended_at = r.ended_at, updated_at = r.updated_at
    FROM jsonb_populate_recordset(null::enrollments, $2::jsonb) AS r WHERE e.workspace_id = $1 AND e.id = r.id`,
}

/** Writes enrollments that are locked in this transaction. */
export async function updateEnrollments(tx: Tx, rows: readonly EnrollmentRow[]): Promise<void> {
  if (rows.length > 0) await tx.query(updateStatement, [tx.workspaceId, JSON.stringify(rows)])
}

export interface VisitRow {
  enrollment_id: string
  position: number
  sequence_key: string
  step_key: string
  kind: string
  way: string | null
  variant: string | null
  outcome: string | null
  message_id: string | null
  visited_at: string
}

const visitStatement: Statement = {
  name: 'insert_enrollment_visits',
  text: 'INSERT INTO enrollment_visits SELECT * FROM jsonb_populate_recordset(null::enrollment_visits, $1::jsonb)',
}

/** Keeps the steps that were taken. */
export async function insertVisits(tx: Tx, visits: readonly VisitRow[]): Promise<void> {
  if (visits.length === 0) return
  const rows = visits.map((visit) => ({ workspace_id: tx.workspaceId, ...visit }))
  await tx.query(visitStatement, [JSON.stringify(rows)])
}

const lastDeedStatement: Statement = {
  name: 'list_last_visits_that_changed_leads',
  text: `SELECT v.enrollment_id AS id FROM unnest($2::uuid[], $3::int[]) AS last (id, position)
    JOIN enrollment_visits v ON v.workspace_id = $1 AND v.enrollment_id = last.id AND v.position = last.position
    WHERE v.kind = ANY($4::text[]) AND v.outcome = 'done'`,
}

/** Of these enrollments, as they were before the look, those whose last step has changed their lead. */
export async function listLeadChangers(tx: Tx, rows: readonly EnrollmentRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set()
  const values = [rows.map(({ id }) => id), rows.map(({ visits }) => visits - 1), [...LEAD_CHANGES]]
  return new Set((await tx.query<{ id: string }>(lastDeedStatement, [tx.workspaceId, ...values])).map(({ id }) => id))
}

const earlierStatement: Statement = {
  name: 'list_earlier_enrollments',
  text: `SELECT id, lead_id, sequence_key, entered_by, started_at, ended_at FROM enrollments
    WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[])`,
}

export interface EarlierRow {
  id: string
  lead_id: string
  sequence_key: string
  entered_by: string
  started_at: string
  ended_at: string | null
}

/** Every enrollment that these leads ever had. */
export async function listEarlier(
  db: Queryable,
  workspaceId: string,
  leadIds: readonly string[],
): Promise<EarlierRow[]> {
  return await db.query<EarlierRow>(earlierStatement, [workspaceId, leadIds])
}

// Only those that stand still: one that is due is looked at anyway.
const wakeStatement: Statement = {
  name: 'wake_enrollments',
  text: `UPDATE enrollments SET due_at = $3, edits = edits + 1
    WHERE workspace_id = $1 AND status = 'active' AND lead_id = ANY($2::uuid[]) AND (due_at IS NULL OR due_at > $3) RETURNING id`,
}

/** Asks for a look at what these leads are in: something has happened to them. Returns how many there are. */
export async function wakeEnrollments(tx: Tx, leadIds: readonly string[], now: Date): Promise<number> {
  return (await tx.query(wakeStatement, [tx.workspaceId, leadIds, now.toISOString()])).length
}
