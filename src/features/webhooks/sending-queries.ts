/** Statements of the sender: which deliveries are due, what they carry, and what came of them. */
import type { ChangeRow } from '../../changes/change-event.ts'
import type { Statement, Tx } from '../../db/client.ts'
import { type AttemptRecord, type DeliveryState, MAX_KEPT_ATTEMPTS } from '../../domain/webhook/delivery.ts'
import { DISABLE_AFTER_SECONDS } from '../../domain/webhook/retry-schedule.ts'

/** Workspaces with endpoints that are behind the feed, or with deliveries that are due. One look for each endpoint. */
export const sweepDueWebhooks: Statement = {
  name: 'sweep_due_webhooks',
  text: `SELECT DISTINCT c.workspace_id FROM webhook_cursors c
    WHERE EXISTS (SELECT FROM change_counters f WHERE f.workspace_id = c.workspace_id AND f.last_sequence > c.sequence)
      OR EXISTS (SELECT FROM webhook_deliveries d WHERE d.workspace_id = c.workspace_id AND d.endpoint_id = c.endpoint_id
        AND d.state = 'pending' AND d.due_at <= now())
    LIMIT $1`,
}

export interface ClaimedDelivery {
  id: string
  endpoint_id: string
  sequence: number | null
  first_sequence: number | null
  change_id: string
  object_id: string
  type: string
  body: Record<string, unknown> | null
  attempt: number
  tries: number
}

// Due rows by endpoint, oldest first, as many as it has calls free: a look for each endpoint, however many rows wait. A
// claimed row is due again when its lease ends, so it is out of the way without another condition.
const claimStatement: Statement = {
  name: 'claim_webhook_deliveries',
  text: `UPDATE webhook_deliveries SET attempt = attempt + 1, tries = tries + 1, window_open = false,
      due_at = now() + make_interval(secs => $6)
    WHERE workspace_id = $1 AND id = ANY (ARRAY(
      SELECT due.id FROM webhook_cursors c
      LEFT JOIN unnest($2::uuid[], $3::int[]) AS lane (endpoint_id, slots) ON lane.endpoint_id = c.endpoint_id
      CROSS JOIN LATERAL (
        SELECT d.id, d.due_at FROM webhook_deliveries d
        WHERE d.workspace_id = $1 AND d.endpoint_id = c.endpoint_id AND d.state = 'pending' AND d.due_at <= now()
        ORDER BY d.due_at LIMIT coalesce(lane.slots, $4) FOR UPDATE SKIP LOCKED) AS due
      WHERE c.workspace_id = $1 ORDER BY due.due_at LIMIT $5))
    RETURNING id, endpoint_id, sequence, first_sequence, change_id, object_id, type, body, attempt, tries`,
}

export interface FreeCalls {
  total: number
  /** Endpoints that are not new, each with its free calls. */
  endpointIds: string[]
  slots: number[]
  /** Free calls of every other endpoint. */
  others: number
}

/** Takes due deliveries; each claim counts as an attempt even if the process dies. */
export async function claimDeliveries(tx: Tx, free: FreeCalls, leaseSeconds: number): Promise<ClaimedDelivery[]> {
  const values = [tx.workspaceId, free.endpointIds, free.slots, free.others, free.total, leaseSeconds]
  const rows = await tx.query<ClaimedDelivery>(claimStatement, values)
  return rows.sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0))
}

export interface Target {
  id: string
  url: string
  version: number
  headers: Buffer | null
  secret: Buffer
  previous_secret: Buffer | null
}

const targetsStatement: Statement = {
  name: 'list_webhook_targets',
  text: `SELECT id, url, version, headers, secret, CASE WHEN previous_secret_ends_at > now() THEN previous_secret END AS previous_secret
    FROM webhook_endpoints WHERE workspace_id = $1 AND id = ANY ($2)`,
}

/** Where deliveries go and how they are signed. */
export async function listTargets(tx: Tx, ids: string[]): Promise<Target[]> {
  return await tx.query<Target>(targetsStatement, [tx.workspaceId, ids])
}

const changesStatement: Statement = {
  name: 'list_changes_to_send',
  text: `SELECT sequence, id, type, object, object_id, actor, origin, occurred_at, data FROM changes
    WHERE workspace_id = $1 AND sequence = ANY ($2)`,
}
const foldedStatement: Statement = {
  name: 'list_folded_changes',
  text: `SELECT sequence, id, type, object, object_id, actor, origin, occurred_at, data FROM changes
    WHERE workspace_id = $1 AND object_id = $2 AND sequence BETWEEN $3 AND $4 AND type = $5 ORDER BY sequence`,
}

/** Changes by their numbers. */
export async function listChangesToSend(tx: Tx, sequences: number[]): Promise<ChangeRow[]> {
  return await tx.query<ChangeRow>(changesStatement, [tx.workspaceId, sequences])
}

/** All changes of one object and type in a stretch of the feed. */
export async function listFoldedChanges(tx: Tx, delivery: ClaimedDelivery): Promise<ChangeRow[]> {
  const { object_id, first_sequence, sequence, type } = delivery
  return await tx.query<ChangeRow>(foldedStatement, [tx.workspaceId, object_id, first_sequence, sequence, type])
}

/** What came of a try. */
export interface DeliveryResult {
  id: string
  endpoint_id: string
  attempt: number
  state: DeliveryState
  /** Seconds until the next try of one that is still pending. */
  delay_seconds: number
  record: AttemptRecord
}

// The attempt number is the fence: a worker that lost its lease matches nothing.
const finishStatement: Statement = {
  name: 'finish_webhook_deliveries',
  text: `UPDATE webhook_deliveries AS d SET state = r.state,
      due_at = CASE WHEN r.state = 'pending' THEN now() + make_interval(secs => r.delay_seconds) ELSE d.due_at END,
      finished_at = CASE WHEN r.state = 'pending' THEN NULL ELSE now() END,
      attempts = CASE WHEN jsonb_array_length(d.attempts) >= ${MAX_KEPT_ATTEMPTS} THEN d.attempts - 0 ELSE d.attempts END || r.record
    FROM jsonb_to_recordset($2::jsonb) AS r (id uuid, attempt int, state text, delay_seconds float8, record jsonb)
    WHERE d.workspace_id = $1 AND d.id = r.id AND d.attempt = r.attempt AND d.state = 'pending' RETURNING d.id`,
}
const succeededStatement: Statement = {
  name: 'note_webhook_success',
  text: `UPDATE webhook_cursors SET failing_since = NULL WHERE workspace_id = $1 AND endpoint_id = ANY (${lockedCursors('IS NOT NULL')})`,
}
const failedStatement: Statement = {
  name: 'note_webhook_failure',
  text: `UPDATE webhook_cursors SET failing_since = now() WHERE workspace_id = $1 AND endpoint_id = ANY (${lockedCursors('IS NULL')})`,
}
const hopelessStatement: Statement = {
  name: 'list_hopeless_endpoints',
  text: `SELECT endpoint_id FROM webhook_cursors
    WHERE workspace_id = $1 AND endpoint_id = ANY ($2) AND failing_since <= now() - make_interval(secs => ${DISABLE_AFTER_SECONDS})`,
}

/** Locked in the order that the fan-out locks them in. */
function lockedCursors(failing: 'IS NULL' | 'IS NOT NULL'): string {
  return `ARRAY(SELECT endpoint_id FROM webhook_cursors
    WHERE workspace_id = $1 AND endpoint_id = ANY ($2) AND failing_since ${failing} ORDER BY endpoint_id FOR UPDATE)`
}

/** Writes results; returns how many were still ours. */
export async function finishDeliveries(tx: Tx, results: DeliveryResult[]): Promise<number> {
  return (await tx.query(finishStatement, [tx.workspaceId, JSON.stringify(results)])).length
}

/** Keeps since when endpoints fail; returns those that have failed for too long. */
export async function noteHealth(tx: Tx, succeeded: string[], failed: string[]): Promise<string[]> {
  if (succeeded.length > 0) await tx.query(succeededStatement, [tx.workspaceId, succeeded])
  if (failed.length === 0) return []
  await tx.query(failedStatement, [tx.workspaceId, failed])
  const rows = await tx.query<{ endpoint_id: string }>(hopelessStatement, [tx.workspaceId, failed])
  return rows.map(({ endpoint_id }) => endpoint_id)
}
