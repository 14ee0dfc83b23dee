/** Every statement that writes assignments and what follows from them. */
import type { Statement, Tx } from '../../db/client.ts'
import type { Explanation } from '../../domain/routing/explanation.ts'
import type { AssignmentOrder } from './assignment-order.ts'

/** An assignment as stored. */
export interface AssignmentRow {
  id: string
  lead_id: string
  target: 'user' | 'queue' | 'buyer'
  user_id: string | null
  pool_key: string | null
  buyer_key: string | null
  cause: string
  actor: string
  note: string | null
  policy_version: number | null
  teams_version: number | null
  rule_key: string | null
  strategy: string | null
  decision: number | null
  pass_before: number | null
  pass_after: number | null
  explanation: Explanation | null
  score: number | null
  worth: number | null
  arrived_at: string
  assigned_at: string
  accepted_at: string | null
  first_touch_at: string | null
  qualified_at: string | null
  ended_at: string | null
  end_reason: string | null
  end_note: string | null
  ended_by: string | null
  credited_at: string | null
  receipt_id: string | null
  version: number
  updated_at: string
}

const endStatement: Statement = {
  name: 'end_assignments',
  text: `UPDATE assignments AS a SET ended_at = greatest($3::timestamptz, a.assigned_at), end_reason = e.reason, end_note = e.note,
      ended_by = e.actor, credited_at = CASE WHEN e.credit AND a.user_id IS NOT NULL THEN $3::timestamptz END,
      version = a.version + 1, updated_at = $3
    FROM jsonb_to_recordset($2::jsonb) AS e (lead_id uuid, reason text, note text, actor text, credit boolean)
    WHERE a.workspace_id = $1 AND a.lead_id = e.lead_id AND a.ended_at IS NULL RETURNING a.*`,
}

/** Ends the open assignments of these leads, where there are any; returns them as they are now. */
export async function endAssignments(tx: Tx, orders: [string, AssignmentOrder][], now: Date): Promise<AssignmentRow[]> {
  if (orders.length === 0) return []
  const ends = orders.map(([lead_id, { actor, end }]) => ({ lead_id, actor, ...end }))
  return await tx.query(endStatement, [tx.workspaceId, JSON.stringify(ends), now.toISOString()])
}

const insertStatement: Statement = {
  name: 'insert_assignments',
  // The row that others are filled into brings the workspace.
  text: `INSERT INTO assignments SELECT * FROM jsonb_populate_recordset(
    jsonb_populate_record(null::assignments, jsonb_build_object('workspace_id', $1::uuid)), $2::jsonb)`,
}

/** Inserts new assignments. */
export function insertAssignments(tx: Tx, rows: Record<string, unknown>[]): void {
  if (rows.length > 0) tx.send(insertStatement, [tx.workspaceId, JSON.stringify(rows)])
}

const arrivalsStatement: Statement = {
  name: 'list_lead_arrivals',
  text: `SELECT asked.lead_id, t.occurred_at FROM unnest($2::uuid[]) AS asked (lead_id)
    CROSS JOIN LATERAL (SELECT occurred_at FROM touches WHERE workspace_id = $1 AND lead_id = asked.lead_id
      ORDER BY occurred_at DESC, id DESC LIMIT 1) AS t`,
}

/** When each of these leads last came by itself. */
export async function listArrivals(tx: Tx, leadIds: string[]): Promise<Map<string, string>> {
  if (leadIds.length === 0) return new Map()
  const rows = await tx.query<{ lead_id: string; occurred_at: string }>(arrivalsStatement, [tx.workspaceId, leadIds])
  return new Map(rows.map((row) => [row.lead_id, row.occurred_at]))
}

const zonesStatement: Statement = {
  name: 'list_seller_zones',
  text: `SELECT u.id, coalesce(u.time_zone, w.settings->>'time_zone', 'UTC') AS zone
    FROM users u JOIN workspaces w ON w.id = $1 WHERE u.workspace_id = $1 AND u.id = ANY($2::uuid[])`,
}

/** The time zone of each seller: their own, else that of the workspace. */
export async function listZones(tx: Tx, userIds: string[]): Promise<Map<string, string>> {
  if (userIds.length === 0) return new Map()
  const rows = await tx.query<{ id: string; zone: string }>(zonesStatement, [tx.workspaceId, userIds])
  return new Map(rows.map(({ id, zone }) => [id, zone]))
}

/** By how much the desk of a seller changes; day and week are today's in the seller's zone. */
export interface LoadDelta {
  user_id: string
  open: number
  day: string
  today: number
  week: string
  this_week: number
}

const addToLoadsStatement: Statement = {
  name: 'add_to_seller_loads',
  text: `INSERT INTO seller_loads AS l (workspace_id, user_id, open_count, day, day_count, week, week_count)
    SELECT $1, user_id, open, day, today, week, this_week
    FROM jsonb_to_recordset($2::jsonb) AS d (user_id uuid, open int, day date, today int, week date, this_week int) ORDER BY user_id
    ON CONFLICT (workspace_id, user_id) DO UPDATE SET open_count = l.open_count + excluded.open_count,
      day = excluded.day, day_count = excluded.day_count + CASE WHEN l.day = excluded.day THEN l.day_count ELSE 0 END,
      week = excluded.week, week_count = excluded.week_count + CASE WHEN l.week = excluded.week THEN l.week_count ELSE 0 END`,
}

/** Adds differences to what sellers have; never sets a count, so that nobody's difference is lost. */
export function addToLoads(tx: Tx, deltas: LoadDelta[]): void {
  if (deltas.length > 0) tx.send(addToLoadsStatement, [tx.workspaceId, JSON.stringify(deltas)])
}

const creditStatement: Statement = {
  name: 'credit_pool_turns',
  text: `UPDATE pool_turns AS t SET pass = t.pass - c.stride
    FROM (SELECT pool_key, user_id, sum(stride) AS stride FROM jsonb_to_recordset($2::jsonb) AS r (pool_key text, user_id uuid, stride bigint)
      GROUP BY pool_key, user_id) AS c
    WHERE t.workspace_id = $1 AND t.pool_key = c.pool_key AND t.user_id = c.user_id`,
}

/** Gives back the turns of these assignments. */
export function creditTurns(tx: Tx, rows: AssignmentRow[]): void {
  const credits = rows.flatMap(({ pool_key, user_id, pass_before, pass_after }) =>
    pass_before === null || pass_after === null ? [] : [{ pool_key, user_id, stride: pass_after - pass_before }],
  )
  if (credits.length > 0) tx.send(creditStatement, [tx.workspaceId, JSON.stringify(credits)])
}

const findOpenStatement: Statement = {
  name: 'find_open_assignment',
  text: 'SELECT * FROM assignments WHERE workspace_id = $1 AND lead_id = $2 AND ended_at IS NULL',
}

/** The open assignment of a lead. */
export async function findOpenAssignment(tx: Tx, leadId: string): Promise<AssignmentRow | undefined> {
  const [row] = await tx.query<AssignmentRow>(findOpenStatement, [tx.workspaceId, leadId])
  return row
}

const lockSellerStatement: Statement = {
  name: 'lock_active_seller',
  text: 'SELECT active FROM users WHERE workspace_id = $1 AND id = $2 FOR SHARE',
}

/** Whether a seller exists and is active, held so until the transaction ends. */
export async function lockActiveSeller(tx: Tx, userId: string): Promise<'active' | 'inactive' | 'unknown'> {
  const [row] = await tx.query<{ active: boolean }>(lockSellerStatement, [tx.workspaceId, userId])
  if (row === undefined) return 'unknown'
  return row.active ? 'active' : 'inactive'
}

const goneStatement: Statement = {
  name: 'list_gone_sellers',
  text: 'SELECT id FROM users WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND NOT active',
}

/** Those of these sellers who are not active any more. */
export async function listGoneSellers(tx: Tx, userIds: string[]): Promise<Set<string>> {
  if (userIds.length === 0) return new Set()
  const rows = await tx.query<{ id: string }>(goneStatement, [tx.workspaceId, userIds])
  return new Set(rows.map(({ id }) => id))
}
