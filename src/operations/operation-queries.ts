/** Every statement about operations: due work under a lease, whose results count only under the newest fence. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../db/client.ts'
import type { OperationError, OperationStatus } from '../domain/operation.ts'

export interface Operation {
  id: string
  kind: string
  status: OperationStatus
  input: Record<string, unknown>
  checkpoint: Record<string, unknown> | null
  result: Record<string, unknown>
  error: OperationError | null
  processed: number
  failed: number
  total: number | null
  resource_id: string | null
  actor: string
  cancel_requested: boolean
  fence: number
  attempt: number
  created_at: string
  started_at: string | null
  finished_at: string | null
}

const COLUMNS =
  'id, kind, status, input, checkpoint, result, error, processed, failed, total, resource_id, actor, cancel_requested, fence, attempt, created_at, started_at, finished_at'

/** What is long over is not running: a crashed process left it. */
const IS_DUE = `status IN ('queued', 'running') AND due_at <= now() AND (lease_until IS NULL OR lease_until < now())`

export const sweepDueOperations: Statement = {
  name: 'sweep_due_operations',
  text: `SELECT DISTINCT workspace_id FROM operations WHERE ${IS_DUE} LIMIT $1`,
}

const insertStatement: Statement = {
  name: 'insert_operation',
  text: `INSERT INTO operations (workspace_id, id, kind, status, input, result, processed, failed, total, resource_id, actor, cancel_requested, due_at, fence, attempt, created_at)
    VALUES ($1, $2, $3, 'queued', $4, '{}', 0, 0, $5, $6, $7, false, now(), 0, 0, $8) RETURNING ${COLUMNS}`,
}

export interface NewOperation {
  id: string
  kind: string
  input: Record<string, unknown>
  total: number | null
  resource_id: string | null
  actor: string
  created_at: string
}

/** Adds a queued operation. */
export async function insertOperation(tx: Tx, operation: NewOperation): Promise<Operation> {
  const { id, kind, input, total, resource_id, actor, created_at } = operation
  const values = [tx.workspaceId, id, kind, JSON.stringify(input), total, resource_id, actor, created_at]
  const [row] = await tx.query<Operation>(insertStatement, values)
  if (row === undefined) throw new Error('an insert returns its row')
  return row
}

const findStatement: Statement = {
  name: 'find_operation',
  text: `SELECT ${COLUMNS} FROM operations WHERE workspace_id = $1 AND id = $2`,
}
const lockStatement: Statement = { name: 'lock_operation', text: `${findStatement.text} FOR UPDATE` }
const listStatement: Statement = {
  name: 'list_operations',
  text: `SELECT ${COLUMNS} FROM operations WHERE workspace_id = $1
    AND ($2::text[] IS NULL OR kind = ANY($2)) AND ($3::text[] IS NULL OR status = ANY($3))
    AND ($4::timestamptz IS NULL OR (created_at, id) < ($4, $5::uuid))
    ORDER BY created_at DESC, id DESC LIMIT $6`,
}

/** One operation. */
export async function findOperation(db: Db, workspaceId: string, id: string): Promise<Operation | undefined> {
  return (await readInWorkspace<Operation>(db, workspaceId, findStatement, [workspaceId, id]))[0]
}

/** One operation, locked until the transaction ends. */
export async function lockOperation(tx: Tx, id: string): Promise<Operation | undefined> {
  return (await tx.query<Operation>(lockStatement, [tx.workspaceId, id]))[0]
}

/** Operations, newest first; an empty list of kinds or statuses asks for all. */
export async function listOperations(
  db: Db,
  workspaceId: string,
  filter: { kinds: string[]; statuses: string[] },
  before: [string, string] | null,
  limit: number,
): Promise<Operation[]> {
  const given = (values: string[]) => (values.length === 0 ? null : values)
  const [at, id] = before ?? [null, null]
  const values = [workspaceId, given(filter.kinds), given(filter.statuses), at, id, limit]
  return await readInWorkspace<Operation>(db, workspaceId, listStatement, values)
}

const claimStatement: Statement = {
  name: 'claim_operation',
  text: `UPDATE operations SET status = 'running', lease_until = now() + $2 * interval '1 second',
      fence = fence + 1, attempt = attempt + 1, started_at = coalesce(started_at, $3)
    WHERE workspace_id = $1 AND id = (
      SELECT id FROM operations WHERE workspace_id = $1 AND ${IS_DUE} ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING ${COLUMNS}`,
}

/** Takes the operation that has been due longest. */
export async function claimOperation(tx: Tx, leaseSeconds: number, at: string): Promise<Operation | undefined> {
  return (await tx.query<Operation>(claimStatement, [tx.workspaceId, leaseSeconds, at]))[0]
}

const holdStatement: Statement = {
  name: 'hold_operation',
  text: `UPDATE operations SET lease_until = now() + $4 * interval '1 second'
    WHERE workspace_id = $1 AND id = $2 AND fence = $3 AND status = 'running' RETURNING id`,
}
const advanceStatement: Statement = {
  name: 'advance_operation',
  text: `UPDATE operations SET lease_until = now() + $4 * interval '1 second', attempt = 0,
      processed = $5, failed = $6, total = $7, checkpoint = $8
    WHERE workspace_id = $1 AND id = $2 AND fence = $3 AND status = 'running' RETURNING cancel_requested`,
}
const endStatement: Statement = {
  name: 'end_operation',
  text: `UPDATE operations SET status = $4, result = $5, error = $6, finished_at = $7, lease_until = NULL
    WHERE workspace_id = $1 AND id = $2 AND fence = $3 AND status IN ('queued', 'running') RETURNING ${COLUMNS}`,
}
const requeueStatement: Statement = {
  name: 'requeue_operation',
  text: `UPDATE operations SET status = 'queued', lease_until = NULL, due_at = now() + $4 * interval '1 second', attempt = $5
    WHERE workspace_id = $1 AND id = $2 AND fence = $3 AND status = 'running'`,
}
const cancelStatement: Statement = {
  name: 'cancel_operation',
  text: `UPDATE operations SET cancel_requested = true WHERE workspace_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
}

/** What identifies a claim. */
export type Claim = Pick<Operation, 'id' | 'fence'>

/** Keeps the lease; false when another worker has taken the operation over. */
export async function holdOperation(tx: Tx, { id, fence }: Claim, leaseSeconds: number): Promise<boolean> {
  return (await tx.query(holdStatement, [tx.workspaceId, id, fence, leaseSeconds])).length === 1
}

export type OperationProgress = Pick<Operation, 'processed' | 'failed' | 'total' | 'checkpoint'>

/** Writes how far it is; undefined when another worker has taken the operation over. */
export async function advanceOperation(
  tx: Tx,
  { id, fence }: Claim,
  leaseSeconds: number,
  { processed, failed, total, checkpoint }: OperationProgress,
): Promise<{ cancel_requested: boolean } | undefined> {
  const values = [leaseSeconds, processed, failed, total, checkpoint === null ? null : JSON.stringify(checkpoint)]
  const rows = await tx.query<{ cancel_requested: boolean }>(advanceStatement, [tx.workspaceId, id, fence, ...values])
  return rows[0]
}

/** Ends an operation; undefined when another worker has taken it over or it has ended already. */
export async function endOperation(
  tx: Tx,
  { id, fence }: Claim,
  end: { status: OperationStatus; result: Record<string, unknown>; error: OperationError | null; at: string },
): Promise<Operation | undefined> {
  const error = end.error === null ? null : JSON.stringify(end.error)
  const values = [end.status, JSON.stringify(end.result), error, end.at]
  return (await tx.query<Operation>(endStatement, [tx.workspaceId, id, fence, ...values]))[0]
}

/** Gives an operation back, to be gone on with after a while. */
export async function requeueOperation(
  tx: Tx,
  { id, fence }: Claim,
  waitSeconds: number,
  attempt: number,
): Promise<void> {
  await tx.query(requeueStatement, [tx.workspaceId, id, fence, waitSeconds, attempt])
}

/** Asks whoever runs it to stop. */
export async function askToCancel(tx: Tx, id: string): Promise<Operation | undefined> {
  return (await tx.query<Operation>(cancelStatement, [tx.workspaceId, id]))[0]
}
