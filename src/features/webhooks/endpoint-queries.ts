/** Statements about webhook endpoints. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import type { Condition } from '../../domain/condition/condition-shape.ts'
import type { DisabledReason, EndpointState } from '../../domain/webhook/delivery.ts'

/** What an endpoint is, without its secrets. */
export interface EndpointRow {
  id: string
  url: string
  description: string
  types: string[]
  condition: Condition | null
  coalesce_seconds: number
  header_names: string[]
  state: EndpointState
  disabled_reason: DisabledReason | null
  disabled_at: string | null
  previous_secret_ends_at: string | null
  version: number
  created_at: string
  updated_at: string
  /** Where it stands in the feed, null while it is disabled. */
  sequence: number | null
  failing_since: string | null
}

/** What is sealed: a secret, and the headers as JSON. */
export interface SealedParts {
  secret: Buffer
  headers: Buffer | null
}

const COLUMNS = `e.id, e.url, e.description, e.types, e.condition, e.coalesce_seconds, e.header_names, e.state, e.disabled_reason,
  e.disabled_at, CASE WHEN e.previous_secret_ends_at > now() THEN e.previous_secret_ends_at END AS previous_secret_ends_at,
  e.version, e.created_at, e.updated_at, c.sequence, c.failing_since`
const SOURCE = `FROM webhook_endpoints e
  LEFT JOIN webhook_cursors c ON c.workspace_id = e.workspace_id AND c.endpoint_id = e.id
  WHERE e.workspace_id = $1 AND e.state <> 'deleted'`

const findStatement: Statement = { name: 'find_webhook_endpoint', text: `SELECT ${COLUMNS} ${SOURCE} AND e.id = $2` }
// The cursor belongs to the sender, who never waits for somebody's PATCH.
const lockStatement: Statement = { name: 'lock_webhook_endpoint', text: `${findStatement.text} FOR UPDATE OF e` }

/** One endpoint. */
export async function findEndpoint(db: Db, workspaceId: string, id: string): Promise<EndpointRow | undefined> {
  const [row] = await readInWorkspace<EndpointRow>(db, workspaceId, findStatement, [workspaceId, id])
  return row
}

/** One endpoint as it is inside a transaction. */
export async function readEndpoint(tx: Tx, id: string): Promise<EndpointRow | undefined> {
  const [row] = await tx.query<EndpointRow>(findStatement, [tx.workspaceId, id])
  return row
}

/** One endpoint, locked until the transaction ends. */
export async function lockEndpoint(tx: Tx, id: string): Promise<EndpointRow | undefined> {
  const [row] = await tx.query<EndpointRow>(lockStatement, [tx.workspaceId, id])
  return row
}

const listStatement: Statement = {
  name: 'list_webhook_endpoints',
  text: `SELECT ${COLUMNS} ${SOURCE} AND ($2::text[] IS NULL OR e.state = ANY ($2))
      AND ($3::timestamptz IS NULL OR (e.created_at, e.id) < ($3, $4::uuid))
    ORDER BY e.created_at DESC, e.id DESC LIMIT $5`,
}

/** Endpoints, newest first; `before` is time and id of the last one seen. */
export async function listEndpoints(
  db: Db,
  workspaceId: string,
  states: string[] | null,
  before: [string, string] | null,
  limit: number,
): Promise<EndpointRow[]> {
  const values = [workspaceId, states, before?.[0] ?? null, before?.[1] ?? null, limit]
  return await readInWorkspace<EndpointRow>(db, workspaceId, listStatement, values)
}

export type NewEndpoint = Pick<
  EndpointRow,
  'id' | 'url' | 'description' | 'types' | 'condition' | 'coalesce_seconds' | 'header_names' | 'created_at'
>

const insertStatement: Statement = {
  name: 'insert_webhook_endpoint',
  text: `INSERT INTO webhook_endpoints (workspace_id, id, url, description, types, condition, coalesce_seconds, header_names,
      headers, secret, state, version, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'enabled', 1, $11, $11)`,
}

/** Stores a new endpoint. */
export async function insertEndpoint(tx: Tx, endpoint: NewEndpoint, { headers, secret }: SealedParts): Promise<void> {
  const { id, url, description, types, condition, coalesce_seconds, header_names, created_at } = endpoint
  const shown = [id, url, description, types, condition, coalesce_seconds, header_names]
  await tx.query(insertStatement, [tx.workspaceId, ...shown, headers, secret, created_at])
}

/** What a change of an endpoint may set; `headers` undefined leaves them. */
export interface EndpointEdit extends Pick<EndpointRow, 'url' | 'description' | 'types' | 'condition'> {
  coalesce_seconds: number
  header_names: string[]
  headers: Buffer | null | undefined
}

const updateStatement: Statement = {
  name: 'update_webhook_endpoint',
  text: `UPDATE webhook_endpoints SET url = $3, description = $4, types = $5, condition = $6, coalesce_seconds = $7,
      header_names = $8, headers = CASE WHEN $9 THEN $10 ELSE headers END, version = version + 1, updated_at = $11
    WHERE workspace_id = $1 AND id = $2`,
}

/** Changes what an endpoint is; a new version. */
export async function updateEndpoint(tx: Tx, id: string, edit: EndpointEdit, at: string): Promise<void> {
  const { url, description, types, condition, coalesce_seconds, header_names, headers } = edit
  const shown = [url, description, types, condition, coalesce_seconds, header_names]
  await tx.query(updateStatement, [tx.workspaceId, id, ...shown, headers !== undefined, headers ?? null, at])
}

const enableStatement: Statement = {
  name: 'enable_webhook_endpoint',
  text: `UPDATE webhook_endpoints SET state = 'enabled', disabled_reason = NULL, disabled_at = NULL
    WHERE workspace_id = $1 AND id = $2`,
}
// "Now" is what has been committed: whatever commits later has a higher number and is told.
const startStatement: Statement = {
  name: 'start_webhook_cursor',
  text: `INSERT INTO webhook_cursors (workspace_id, endpoint_id, sequence)
    SELECT workspace_id, $2, last_sequence FROM change_counters WHERE workspace_id = $1`,
}

/** Starts telling an endpoint of changes, from now on. */
export async function startEndpoint(tx: Tx, id: string): Promise<void> {
  await tx.query(enableStatement, [tx.workspaceId, id])
  await tx.query(startStatement, [tx.workspaceId, id])
}

const stopStatement: Statement = {
  name: 'stop_webhook_cursor',
  text: 'DELETE FROM webhook_cursors WHERE workspace_id = $1 AND endpoint_id = $2',
}
const disableStatement: Statement = {
  name: 'disable_webhook_endpoint',
  text: `UPDATE webhook_endpoints SET state = 'disabled', disabled_reason = $3, disabled_at = $4, version = version + 1, updated_at = $4
    WHERE workspace_id = $1 AND id = $2 AND state = 'enabled' RETURNING id`,
}

/** Stops telling an endpoint of changes; false when it was not enabled. */
export async function disableEndpointRow(tx: Tx, id: string, reason: DisabledReason, at: string): Promise<boolean> {
  const changed = await tx.query(disableStatement, [tx.workspaceId, id, reason, at])
  await tx.query(stopStatement, [tx.workspaceId, id])
  return changed.length === 1
}

const deleteStatement: Statement = {
  name: 'delete_webhook_endpoint',
  text: `UPDATE webhook_endpoints SET state = 'deleted', secret = '', previous_secret = NULL, headers = NULL, updated_at = $3
    WHERE workspace_id = $1 AND id = $2`,
}

/** Removes an endpoint: its secrets at once, its row with the last of its deliveries. */
export async function deleteEndpointRow(tx: Tx, id: string, at: string): Promise<void> {
  await tx.query(stopStatement, [tx.workspaceId, id])
  await tx.query(deleteStatement, [tx.workspaceId, id, at])
}

const rotateStatement: Statement = {
  name: 'rotate_webhook_secret',
  text: `UPDATE webhook_endpoints SET secret = $3, previous_secret = $4, version = version + 1, updated_at = $6,
      previous_secret_ends_at = now() + make_interval(secs => $5)
    WHERE workspace_id = $1 AND id = $2`,
}

/** Gives an endpoint a new secret; the former ones sign too for `overlapSeconds`. */
export async function rotateSecretRow(
  tx: Tx,
  id: string,
  { secret, former }: { secret: Buffer; former: Buffer },
  overlapSeconds: number,
  at: string,
): Promise<void> {
  await tx.query(rotateStatement, [tx.workspaceId, id, secret, former, overlapSeconds, at])
}
