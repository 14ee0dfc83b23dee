/** Every statement about the clocks of promises. Time is the database's: workers with wrong clocks agree on what is due. */
import type { Statement, Tx } from '../../db/client.ts'
import type { SlaNote } from '../../domain/sla/follow-notes.ts'
import type { SlaClock } from '../../domain/sla/sla-clock.ts'
import type { SlaTarget } from '../../domain/sla/sla-policy.ts'

export interface ClockRow {
  assignment_id: string
  lead_id: string
  user_id: string | null
  pool_key: string | null
  policy_key: string | null
  policy_version: number | null
  started_at: string
  elapsed_ms: number
  counted_from: string | null
  passed: number
  met: SlaTarget[]
  at_risk: SlaTarget[]
  breached: SlaTarget[]
  notes: SlaNote[]
  due_at: string | null
  ended_at: string | null
}

/** The clock of a row. */
export function toClock({ elapsed_ms, counted_from, passed, met }: ClockRow): SlaClock {
  return { elapsed_ms, counted_from: counted_from === null ? null : Date.parse(counted_from), passed, met }
}

export const sweepDueClocks: Statement = {
  name: 'sweep_due_sla_clocks',
  text: `SELECT DISTINCT workspace_id FROM (
      SELECT workspace_id FROM sla_clocks WHERE due_at <= now() ORDER BY due_at LIMIT 10000) AS due LIMIT $1`,
}

const startStatement: Statement = {
  name: 'start_sla_clocks',
  text: `INSERT INTO sla_clocks (workspace_id, assignment_id, lead_id, user_id, pool_key, started_at, elapsed_ms, counted_from,
      passed, met, at_risk, breached, notes, due_at)
    SELECT $1, s.assignment_id, s.lead_id, s.user_id, s.pool_key, now(), 0, now(), 0, '{}', '{}', '{}',
      jsonb_build_array(jsonb_build_object('at', floor(extract(epoch FROM now()) * 1000), 'state', s.state)), now()
    FROM jsonb_to_recordset($2::jsonb) AS s (assignment_id uuid, lead_id uuid, user_id uuid, pool_key text, state jsonb)
    WHERE EXISTS (SELECT FROM policy_versions WHERE workspace_id = $1 AND kind = 'sla' AND state = 'published')
    RETURNING assignment_id`,
}

export interface NewClock {
  assignment_id: string
  lead_id: string
  user_id: string | null
  pool_key: string | null
  state: { status: string; stage_key: string }
}

/** Starts clocks, if the workspace promises anything. */
export async function startClocks(tx: Tx, clocks: NewClock[]): Promise<void> {
  if (clocks.length === 0) return
  const started = await tx.query(startStatement, [tx.workspaceId, JSON.stringify(clocks)])
  if (started.length > 0) tx.announce('sla')
}

const endStatement: Statement = {
  name: 'end_sla_clocks',
  text: `UPDATE sla_clocks SET ended_at = now(), due_at = now()
    WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[]) AND ended_at IS NULL`,
}

/** Ends the open clocks of these leads; the worker closes their books. */
export async function endClocks(tx: Tx, leadIds: string[]): Promise<void> {
  if (leadIds.length > 0) await tx.query(endStatement, [tx.workspaceId, leadIds])
}

const noteStatement: Statement = {
  name: 'note_sla_clocks',
  text: `UPDATE sla_clocks AS c SET due_at = now(), notes = c.notes || (n.note ||
      jsonb_build_object('at', floor(extract(epoch FROM least(now(), coalesce(n.at, now()))) * 1000)))
    FROM jsonb_to_recordset($2::jsonb) AS n (lead_id uuid, at timestamptz, note jsonb)
    WHERE c.workspace_id = $1 AND c.lead_id = n.lead_id AND c.ended_at IS NULL RETURNING c.assignment_id`,
}

/** A fact about the open assignment of a lead; `at` null is now. One for each lead. */
export interface ClockFact {
  lead_id: string
  at: string | null
  note: Omit<SlaNote, 'at'>
}

/** Notes facts on the open clocks of their leads, where there are any. */
export async function noteClocks(tx: Tx, facts: ClockFact[]): Promise<void> {
  if (facts.length === 0) return
  const noted = await tx.query(noteStatement, [tx.workspaceId, JSON.stringify(facts)])
  if (noted.length > 0) tx.announce('sla')
}

// Leads are locked before clocks, as by every writer. Who is locked is somebody else's at the moment and will be due again.
const claimStatement: Statement = {
  name: 'claim_due_sla_clocks',
  text: `SELECT c.lead_id, c.assignment_id FROM sla_clocks c JOIN leads l ON l.workspace_id = c.workspace_id AND l.id = c.lead_id
    WHERE c.workspace_id = $1 AND c.due_at <= now() ORDER BY c.due_at LIMIT $2 FOR UPDATE OF l SKIP LOCKED`,
}

/** A clock whose lead is locked. */
export type ClaimedClock = Pick<ClockRow, 'lead_id' | 'assignment_id'>

/** Locks the leads of due clocks, the longest due first; empty when there are none. */
export async function claimDueClocks(tx: Tx, limit: number): Promise<ClaimedClock[]> {
  return await tx.query<ClaimedClock>(claimStatement, [tx.workspaceId, limit])
}

const COLUMNS = `assignment_id, lead_id, user_id, pool_key, policy_key, policy_version, started_at, elapsed_ms, counted_from,
  passed, met, at_risk, breached, notes, due_at, ended_at`

// A new statement sees what was committed before the lock on the lead was given. It must find its clocks by their key:
// by the index on what is due, each batch would read all that is due, and a morning at nine would cost the square of it.
// Nothing but IS TRUE keeps the planner from it, which believes its statistics that hardly anything is due.
const lockStatement: Statement = {
  name: 'lock_due_sla_clocks',
  text: `SELECT ${COLUMNS}, floor(extract(epoch FROM now()) * 1000)::bigint AS now FROM sla_clocks
    WHERE workspace_id = $1 AND assignment_id = ANY($2::uuid[]) AND (due_at <= now()) IS TRUE ORDER BY assignment_id FOR UPDATE`,
}

/** Those of these clocks that are due, and the moment by the database's clock. Their leads are locked. */
export async function lockDueClocks(tx: Tx, ids: string[]): Promise<{ clocks: ClockRow[]; now: number }> {
  const rows = await tx.query<ClockRow & { now: number }>(lockStatement, [tx.workspaceId, ids])
  return { clocks: rows.map(({ now: _, ...clock }) => clock), now: rows[0]?.now ?? 0 }
}

const updateStatement: Statement = {
  name: 'update_sla_clocks',
  text: `UPDATE sla_clocks AS c SET policy_key = r.policy_key, policy_version = r.policy_version, elapsed_ms = r.elapsed_ms,
      counted_from = r.counted_from, passed = r.passed, met = r.met, at_risk = r.at_risk, breached = r.breached,
      notes = r.notes, due_at = r.due_at
    FROM jsonb_populate_recordset(null::sla_clocks, $2::jsonb) AS r
    WHERE c.workspace_id = $1 AND c.assignment_id = r.assignment_id`,
}

/** Writes clocks that the worker has moved. */
export async function updateClocks(tx: Tx, clocks: ClockRow[]): Promise<void> {
  if (clocks.length > 0) await tx.query(updateStatement, [tx.workspaceId, JSON.stringify(clocks)])
}

const deleteStatement: Statement = {
  name: 'delete_sla_clocks',
  text: 'DELETE FROM sla_clocks WHERE workspace_id = $1 AND assignment_id = ANY($2::uuid[])',
}

/** Removes clocks of assignments that no policy is for. */
export async function deleteClocks(tx: Tx, assignmentIds: string[]): Promise<void> {
  if (assignmentIds.length > 0) await tx.query(deleteStatement, [tx.workspaceId, assignmentIds])
}

const postponeStatement: Statement = {
  name: 'postpone_sla_clocks',
  text: `UPDATE sla_clocks SET due_at = now() + $3 * interval '1 second'
    WHERE workspace_id = $1 AND lead_id = $2 AND due_at <= now()`,
}

/** Puts the clocks of a lead off, after a failure. */
export async function postponeClocks(tx: Tx, leadId: string, seconds: number): Promise<void> {
  await tx.query(postponeStatement, [tx.workspaceId, leadId, seconds])
}

// Found by the assignments of the sellers, for clocks have no index of their own by seller.
const wakeStatement: Statement = {
  name: 'wake_sla_clocks_of_sellers',
  text: `UPDATE sla_clocks SET due_at = now() WHERE workspace_id = $1 AND ended_at IS NULL AND counted_from IS NOT NULL
      AND (due_at IS NULL OR due_at > now()) AND assignment_id = ANY (ARRAY(
        SELECT id FROM assignments WHERE workspace_id = $1 AND user_id = ANY ($2::uuid[]) AND ended_at IS NULL ORDER BY id))
    RETURNING assignment_id`,
}

/** The hours of these sellers are others now: what was due late by the former ones may be due sooner. */
export async function wakeClocksOf(tx: Tx, userIds: string[]): Promise<void> {
  if (userIds.length === 0) return
  const woken = await tx.query(wakeStatement, [tx.workspaceId, userIds])
  if (woken.length > 0) tx.announce('sla')
}

const zonelessStatement: Statement = {
  name: 'list_sellers_without_zone',
  text: 'SELECT id FROM users WHERE workspace_id = $1 AND time_zone IS NULL',
}

/** Sellers whose hours are those of the zone of the workspace. */
export async function listSellersWithoutZone(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(zonelessStatement, [tx.workspaceId])
  return rows.map(({ id }) => id)
}

const findStatement: Statement = {
  name: 'find_sla_clock',
  text: `SELECT ${COLUMNS} FROM sla_clocks WHERE workspace_id = $1 AND assignment_id = $2`,
}

/** The clock of an assignment; undefined when nothing is promised. */
export async function findClock(tx: Pick<Tx, 'query'>, workspaceId: string, id: string): Promise<ClockRow | undefined> {
  const [row] = await tx.query<ClockRow>(findStatement, [workspaceId, id])
  return row
}
