/** Statements that send changes again. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import type { FeedChange } from './fan-out-queries.ts'

// One that is being sent this moment is on its way: its last try has no record yet, or somebody holds its row.
const requeueStatement: Statement = {
  name: 'requeue_webhook_deliveries',
  text: `UPDATE webhook_deliveries SET state = 'pending', due_at = now(), tries = 0, finished_at = NULL, window_open = false
    WHERE workspace_id = $1 AND id = ANY (ARRAY(SELECT id FROM webhook_deliveries
      WHERE workspace_id = $1 AND endpoint_id = $2 AND id = ANY ($3)
        AND (state <> 'pending' OR (attempts -> -1 ->> 'number')::int = attempt)
      ORDER BY id FOR UPDATE SKIP LOCKED)) RETURNING id`,
}

/** Queues deliveries again that are finished, or wait for their next try; returns how many. */
export async function requeueDeliveries(tx: Tx, endpointId: string, ids: string[]): Promise<number> {
  if (ids.length === 0) return 0
  return (await tx.query(requeueStatement, [tx.workspaceId, endpointId, ids])).length
}

const listKnownStatement: Statement = {
  name: 'list_known_webhook_deliveries',
  text: 'SELECT id FROM webhook_deliveries WHERE workspace_id = $1 AND endpoint_id = $2 AND id = ANY ($3)',
}

/** Which of these ids are deliveries to the endpoint. */
export async function listKnownDeliveries(
  db: Db,
  workspaceId: string,
  endpointId: string,
  ids: string[],
): Promise<string[]> {
  const values = [workspaceId, endpointId, ids]
  const rows = await readInWorkspace<{ id: string }>(db, workspaceId, listKnownStatement, values)
  return rows.map(({ id }) => id)
}

/** A part of the feed, by place and by time; null is open. */
export interface Stretch {
  from_sequence: number | null
  to_sequence: number | null
  created_after: string | null
  created_before: string | null
}

const valuesOf = ({ from_sequence, to_sequence, created_after, created_before }: Stretch) => [
  from_sequence,
  to_sequence,
  created_after,
  created_before,
]

const listFailedStatement: Statement = {
  name: 'list_failed_webhook_deliveries',
  text: `SELECT id FROM webhook_deliveries
    WHERE workspace_id = $1 AND state = 'failed' AND endpoint_id = $2
      AND ($3::bigint IS NULL OR sequence >= $3) AND ($4::bigint IS NULL OR sequence <= $4)
      AND ($5::timestamptz IS NULL OR created_at >= $5) AND ($6::timestamptz IS NULL OR created_at < $6)
      AND ($7::uuid IS NULL OR id > $7)
    ORDER BY id LIMIT $8`,
}

/** Failed deliveries of a stretch after an id, in the order of ids. */
export async function listFailedDeliveries(
  tx: Tx,
  endpointId: string,
  stretch: Stretch,
  afterId: string | null,
  limit: number,
): Promise<string[]> {
  const values = [tx.workspaceId, endpointId, ...valuesOf(stretch), afterId, limit]
  return (await tx.query<{ id: string }>(listFailedStatement, values)).map(({ id }) => id)
}

/** A change, and the delivery of it that the endpoint has already. */
export interface ReplayedChange extends FeedChange {
  delivery_id: string | null
  is_in_time: boolean
}

const listReplayStatement: Statement = {
  name: 'list_changes_to_replay',
  text: `SELECT c.sequence, c.id, c.type, c.object, c.object_id, CASE WHEN c.object = 'lead' THEN c.data -> 'lead' END AS lead,
      d.id AS delivery_id,
      ($5::timestamptz IS NULL OR c.occurred_at >= $5) AND ($6::timestamptz IS NULL OR c.occurred_at < $6) AS is_in_time
    FROM changes c LEFT JOIN webhook_deliveries d ON d.workspace_id = $1 AND d.endpoint_id = $2 AND d.sequence = c.sequence
    WHERE c.workspace_id = $1 AND c.sequence >= $3 AND c.sequence <= $4 ORDER BY c.sequence LIMIT $7`,
}

/** Changes between two places of the feed, those outside of the time marked. */
export async function listChangesToReplay(
  tx: Tx,
  endpointId: string,
  stretch: Stretch & { from_sequence: number; to_sequence: number },
  limit: number,
): Promise<ReplayedChange[]> {
  return await tx.query<ReplayedChange>(listReplayStatement, [tx.workspaceId, endpointId, ...valuesOf(stretch), limit])
}
