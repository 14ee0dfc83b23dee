/** Statements about the answers that are kept for repeated requests. */
import { type Db, type Statement, sweep, type Tx, withWorkspace } from '../../db/client.ts'
import type { RenderedAnswer } from '../rendered-answer.ts'

/** Promised are 72 hours: a long weekend of an integration that is down. */
const KEPT_HOURS = 72

// Two statements, because the second must see what was committed before the first was answered.
const lockStatement: Statement = { name: 'lock_request', text: 'SELECT pg_try_advisory_xact_lock($1) AS free' }
const findStatement: Statement = {
  name: 'find_kept_answer',
  text: `SELECT fingerprint, status, headers, content_type, body FROM idempotency_keys
    WHERE workspace_id = $1 AND request_key = $2`,
}

/** An answer with the digest of the request that it belongs to. */
export type KeptAnswer = RenderedAnswer & { fingerprint: string }

export interface Claim {
  /** False while the same request runs elsewhere. The lock ends with the transaction, also when the process dies. */
  free: boolean
  kept: KeptAnswer | undefined
}

/** Claims a request for this transaction; `kept` is its answer when it was done before. */
export async function claimRequest(tx: Tx, requestKey: string): Promise<Claim> {
  // Half of the key is enough for a lock: a chance meeting of two keys costs one of them a retry.
  const lock = BigInt.asIntN(64, BigInt(`0x${requestKey.replaceAll('-', '').slice(0, 16)}`)).toString()
  const [[locked], [kept]] = await Promise.all([
    tx.query<{ free: boolean }>(lockStatement, [lock]),
    tx.query<KeptAnswer>(findStatement, [tx.workspaceId, requestKey]),
  ])
  return { free: locked?.free === true, kept }
}

const keepStatement: Statement = {
  name: 'keep_answer',
  text: `INSERT INTO idempotency_keys (workspace_id, request_key, fingerprint, status, headers, content_type, body, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING request_key`,
}

/** Keeps an answer with the effect that it tells of; false when another transaction was first. */
export async function keepAnswer(
  tx: Tx,
  requestKey: string,
  { fingerprint, status, headers, content_type, body }: KeptAnswer,
  at: Date,
): Promise<boolean> {
  const values = [requestKey, fingerprint, status, JSON.stringify(headers), content_type, body, at.toISOString()]
  return (await tx.query(keepStatement, [tx.workspaceId, ...values])).length === 1
}

const erasedStatement: Statement = {
  name: 'find_any_erased',
  text: 'SELECT lead_id FROM erasures WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[]) LIMIT 1',
}

/** True when the person of one of these leads was erased. */
export async function isAnyErased(tx: Tx, leadIds: string[]): Promise<boolean> {
  return (await tx.query(erasedStatement, [tx.workspaceId, leadIds])).length > 0
}

/** Answers removed by one statement, so that no transaction is long. */
const FORGET_BATCH = 1_000

const sweepStatement: Statement = {
  name: 'sweep_old_answers',
  text: `SELECT DISTINCT workspace_id FROM (
    SELECT workspace_id FROM idempotency_keys WHERE created_at < now() - make_interval(hours => ${KEPT_HOURS})
    ORDER BY created_at LIMIT 100000) AS old`,
}
const forgetStatement: Statement = {
  name: 'forget_old_answers',
  text: `DELETE FROM idempotency_keys WHERE workspace_id = $1 AND request_key IN (
    SELECT request_key FROM idempotency_keys
    WHERE workspace_id = $1 AND created_at < now() - make_interval(hours => ${KEPT_HOURS}) LIMIT ${FORGET_BATCH})
    RETURNING request_key`,
}

/** Removes the answers of all workspaces that are older than promised; returns how many. */
export async function forgetOldAnswers(db: Db): Promise<number> {
  let forgotten = 0
  for (const { workspace_id } of await sweep<{ workspace_id: string }>(db, sweepStatement, [])) {
    for (let count = FORGET_BATCH; count === FORGET_BATCH; forgotten += count) {
      count = (await withWorkspace(db, workspace_id, (tx) => tx.query(forgetStatement, [workspace_id]))).length
    }
  }
  return forgotten
}
