/** Statements that turn changes into deliveries. */
import type { Statement, Tx } from '../../db/client.ts'
import type { Condition } from '../../domain/condition/condition-shape.ts'

/** An endpoint that is behind the feed. */
export interface BehindEndpoint {
  id: string
  types: string[]
  condition: Condition | null
  coalesce_seconds: number
  sequence: number
}

// The lock is what makes each change one delivery: a second worker waits, then sees that the cursor has moved. In the
// order of ids, like every lock of ours.
const lockStatement: Statement = {
  name: 'lock_webhook_cursors',
  text: `SELECT e.id, e.types, e.condition, e.coalesce_seconds, c.sequence FROM webhook_cursors c
    JOIN webhook_endpoints e ON e.workspace_id = c.workspace_id AND e.id = c.endpoint_id
    WHERE c.workspace_id = $1 AND c.sequence < $2 ORDER BY c.endpoint_id FOR UPDATE OF c`,
}
const endStatement: Statement = {
  name: 'find_feed_end_for_webhooks',
  text: `SELECT last_sequence AS last, EXISTS (SELECT FROM webhook_cursors WHERE workspace_id = $1) AS listening
    FROM change_counters WHERE workspace_id = $1`,
}

/** The last number of the feed, and whether anybody listens. */
export async function findFeedEnd(tx: Tx): Promise<{ last: number; listening: boolean }> {
  const [row] = await tx.query<{ last: number; listening: boolean }>(endStatement, [tx.workspaceId])
  return row ?? { last: 0, listening: false }
}

/** Locks the cursors that are behind a number. */
export async function lockBehind(tx: Tx, last: number): Promise<BehindEndpoint[]> {
  return await tx.query<BehindEndpoint>(lockStatement, [tx.workspaceId, last])
}

/** A change as far as choosing its endpoints needs. */
export interface FeedChange {
  sequence: number
  id: string
  type: string
  object: string
  object_id: string
  /** The lead after the change in wire form, where somebody asks about leads. */
  lead: Record<string, unknown> | null
}

const changesStatement: Statement = {
  name: 'list_changes_for_webhooks',
  text: `SELECT sequence, id, type, object, object_id, CASE WHEN $4 AND object = 'lead' THEN data -> 'lead' END AS lead
    FROM changes WHERE workspace_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`,
}

/** Changes after a number; `withLeads` brings the leads in them along. */
export async function listChangesAfter(
  tx: Tx,
  after: number,
  limit: number,
  withLeads: boolean,
): Promise<FeedChange[]> {
  return await tx.query<FeedChange>(changesStatement, [tx.workspaceId, after, limit, withLeads])
}

/** A delivery to be stored; it is due so many seconds from now. */
export interface NewDelivery {
  id: string
  endpoint_id: string
  sequence: number
  first_sequence: number | null
  change_id: string
  type: string
  object_id: string
  delay_seconds: number
}

// Cut to milliseconds, because the column rounds: what is due now must not lie half a millisecond ahead.
const ROWS = `SELECT $1::uuid, id, endpoint_id, sequence, first_sequence, change_id, type, object_id, 'pending', delay_seconds > 0,
    date_trunc('milliseconds', now()) + make_interval(secs => delay_seconds), 0, 0, '[]'::jsonb, now()
  FROM jsonb_to_recordset($2::jsonb) AS r (id uuid, endpoint_id uuid, sequence bigint, first_sequence bigint,
    change_id uuid, type text, object_id uuid, delay_seconds int)`
const INSERT = `INSERT INTO webhook_deliveries AS d (workspace_id, id, endpoint_id, sequence, first_sequence, change_id, type, object_id,
    state, window_open, due_at, attempt, tries, attempts, created_at)`

const insertStatement: Statement = {
  name: 'insert_webhook_deliveries',
  text: `${INSERT} ${ROWS} ON CONFLICT (workspace_id, endpoint_id, sequence) DO NOTHING`,
}
// An open window takes the newer change in; it still ends when it would have.
const joinStatement: Statement = {
  name: 'join_webhook_deliveries',
  text: `${INSERT} ${ROWS} ON CONFLICT (workspace_id, endpoint_id, object_id, type) WHERE window_open
    DO UPDATE SET sequence = excluded.sequence, change_id = excluded.change_id`,
}

/** Stores deliveries; those that wait in a window join the one that waits already. */
export async function insertDeliveries(tx: Tx, deliveries: NewDelivery[]): Promise<void> {
  const [waiting, direct] = [
    deliveries.filter(({ delay_seconds }) => delay_seconds > 0),
    deliveries.filter(({ delay_seconds }) => delay_seconds === 0),
  ]
  if (direct.length > 0) await tx.query(insertStatement, [tx.workspaceId, JSON.stringify(direct)])
  if (waiting.length > 0) await tx.query(joinStatement, [tx.workspaceId, JSON.stringify(waiting)])
}

const moveStatement: Statement = {
  name: 'move_webhook_cursors',
  text: 'UPDATE webhook_cursors SET sequence = greatest(sequence, $3) WHERE workspace_id = $1 AND endpoint_id = ANY ($2)',
}

/** Moves cursors up to a number. */
export async function moveCursors(tx: Tx, endpointIds: string[], sequence: number): Promise<void> {
  await tx.query(moveStatement, [tx.workspaceId, endpointIds, sequence])
}
