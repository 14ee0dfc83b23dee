/** Statements about deliveries, apart from sending them. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import type { AttemptRecord, DeliveryState } from '../../domain/webhook/delivery.ts'

export interface DeliveryRow {
  id: string
  endpoint_id: string
  change_id: string
  sequence: number | null
  type: string
  state: DeliveryState
  attempt: number
  /** When it is sent next; null when it is finished. */
  due_at: string | null
  last_status: number | null
  last_error: string | null
  created_at: string
  finished_at: string | null
}

const COLUMNS = `id, endpoint_id, change_id, sequence, type, state, attempt, CASE WHEN state = 'pending' THEN due_at END AS due_at,
  (attempts -> -1 ->> 'status')::int AS last_status, attempts -> -1 ->> 'error' AS last_error, created_at, finished_at`

export interface DeliveryFilter {
  endpointId: string | null
  states: string[] | null
  types: string[] | null
  createdAfter: string | null
  createdBefore: string | null
}

const listText = (endpoint: string) => `SELECT ${COLUMNS} FROM webhook_deliveries
  WHERE workspace_id = $1 ${endpoint} AND ($3::text[] IS NULL OR state = ANY ($3)) AND ($4::text[] IS NULL OR type = ANY ($4))
    AND ($5::timestamptz IS NULL OR created_at >= $5) AND ($6::timestamptz IS NULL OR created_at < $6)
    AND ($7::uuid IS NULL OR id < $7) ORDER BY id DESC LIMIT $8`
const listStatement: Statement = {
  name: 'list_webhook_deliveries',
  text: listText('AND $2::uuid IS NULL'),
}
const listOfEndpointStatement: Statement = {
  name: 'list_webhook_deliveries_of_endpoint',
  text: listText('AND endpoint_id = $2'),
}

/** Deliveries, newest first: their ids grow with time. */
export async function listDeliveries(
  db: Db,
  workspaceId: string,
  filter: DeliveryFilter,
  before: string | null,
  limit: number,
): Promise<DeliveryRow[]> {
  const statement = filter.endpointId === null ? listStatement : listOfEndpointStatement
  const { endpointId, states, types, createdAfter, createdBefore } = filter
  const values = [workspaceId, endpointId, states, types, createdAfter, createdBefore, before, limit]
  return await readInWorkspace<DeliveryRow>(db, workspaceId, statement, values)
}

const findStatement: Statement = {
  name: 'find_webhook_delivery',
  text: `SELECT ${COLUMNS}, attempts FROM webhook_deliveries WHERE workspace_id = $1 AND id = $2`,
}

/** One delivery with its attempts. */
export async function findDelivery(
  db: Db,
  workspaceId: string,
  id: string,
): Promise<(DeliveryRow & { attempts: AttemptRecord[] }) | undefined> {
  const [row] = await readInWorkspace<DeliveryRow & { attempts: AttemptRecord[] }>(db, workspaceId, findStatement, [
    workspaceId,
    id,
  ])
  return row
}

export interface TestDelivery {
  id: string
  endpoint_id: string
  change_id: string
  type: string
  object_id: string
  body: Record<string, unknown>
}

const insertTestStatement: Statement = {
  name: 'insert_test_delivery',
  text: `INSERT INTO webhook_deliveries (workspace_id, id, endpoint_id, change_id, type, object_id, body, state, window_open, due_at,
      attempt, tries, attempts, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', false, now(), 0, 0, '[]', now()) RETURNING ${COLUMNS}`,
}

/** Queues a test. */
export async function insertTestDelivery(tx: Tx, delivery: TestDelivery): Promise<DeliveryRow> {
  const { id, endpoint_id, change_id, type, object_id, body } = delivery
  const values = [tx.workspaceId, id, endpoint_id, change_id, type, object_id, JSON.stringify(body)]
  const [row] = await tx.query<DeliveryRow>(insertTestStatement, values)
  if (row === undefined) throw new Error('the test was not stored')
  return row
}
