/** Statements of simulations, replays and the fairness report. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import type { Explanation } from '../../domain/routing/explanation.ts'
import type { RoutingDefinition } from '../../domain/routing/routing-policy.ts'

const newestStatement: Statement = {
  name: 'list_newest_lead_ids',
  text: 'SELECT id FROM leads WHERE workspace_id = $1 AND NOT archived ORDER BY created_at DESC, id DESC LIMIT $2',
}

/** The newest leads. */
export async function listNewestLeadIds(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(newestStatement, [tx.workspaceId, limit])
  return rows.map(({ id }) => id)
}

export interface ReplayRow {
  id: string
  operation_id: string
  policy_version: number
  definition: RoutingDefinition
  from_at: string
  to_at: string
  result: Record<string, unknown> | null
  created_at: string
  created_by: string
}

const insertStatement: Statement = {
  name: 'insert_routing_replay',
  text: `INSERT INTO routing_replays (workspace_id, id, operation_id, policy_version, definition, from_at, to_at, created_at, created_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
}
const findStatement: Statement = {
  name: 'find_routing_replay',
  text: `SELECT id, operation_id, policy_version, definition, from_at, to_at, result, created_at, created_by
    FROM routing_replays WHERE workspace_id = $1 AND id = $2`,
}
const finishStatement: Statement = {
  name: 'finish_routing_replay',
  text: 'UPDATE routing_replays SET result = $3 WHERE workspace_id = $1 AND id = $2',
}

/** Notes what is asked. */
export async function insertReplay(tx: Tx, replay: Omit<ReplayRow, 'result'>): Promise<void> {
  const { id, operation_id, policy_version, definition, from_at, to_at, created_at, created_by } = replay
  const values = [id, operation_id, policy_version, JSON.stringify(definition), from_at, to_at, created_at, created_by]
  await tx.query(insertStatement, [tx.workspaceId, ...values])
}

/** One replay. */
export async function findReplay(db: Db, workspaceId: string, id: string): Promise<ReplayRow | undefined> {
  return (await readInWorkspace<ReplayRow>(db, workspaceId, findStatement, [workspaceId, id]))[0]
}

/** Notes what came of it. */
export async function finishReplay(tx: Tx, id: string, result: Record<string, unknown>): Promise<void> {
  await tx.query(finishStatement, [tx.workspaceId, id, JSON.stringify(result)])
}

export interface DecisionRow {
  id: string
  assigned_at: string
  teams_version: number
  explanation: Explanation
  score: number | null
  worth: number | null
}

const decisionsStatement: Statement = {
  name: 'list_pool_decisions',
  text: `SELECT id, assigned_at, teams_version, explanation, score, worth FROM assignments
    WHERE workspace_id = $1 AND assigned_at >= $2 AND assigned_at < $3 AND (assigned_at, id) > ($4::timestamptz, $5::uuid)
      AND decision IS NOT NULL AND pool_key IS NOT NULL AND user_id IS NOT NULL AND ($6::text IS NULL OR pool_key = $6)
    ORDER BY assigned_at, id LIMIT $7`,
}

/** A page of the decisions of pools in a time. */
export async function listDecisions(
  db: Db,
  workspaceId: string,
  { from, to, pool }: { from: string; to: string; pool: string | null },
  after: { assigned_at: string; id: string } | undefined,
  limit: number,
): Promise<DecisionRow[]> {
  const place = [after?.assigned_at ?? from, after?.id ?? '00000000-0000-0000-0000-000000000000']
  return await readInWorkspace(db, workspaceId, decisionsStatement, [workspaceId, from, to, ...place, pool, limit])
}

const weightsStatement: Statement = {
  name: 'list_user_weights',
  text: 'SELECT id, weight FROM users WHERE workspace_id = $1',
}

/** The weight of each seller as it is now. */
export async function listWeights(db: Db, workspaceId: string): Promise<Map<string, number>> {
  const rows = await readInWorkspace<{ id: string; weight: number }>(db, workspaceId, weightsStatement, [workspaceId])
  return new Map(rows.map(({ id, weight }) => [id, weight]))
}
