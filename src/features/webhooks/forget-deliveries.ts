/** Finished deliveries are kept for a while and then forgotten, and deleted endpoints with the last of theirs. */
import type { Ctx } from '../../ctx.ts'
import { type Statement, sweep, withWorkspace } from '../../db/client.ts'
import { formatUuid } from '../../domain/type-id.ts'

/** Rows removed by one statement, so that no transaction is long. */
const BATCH = 1_000

const sweepStatement: Statement = {
  name: 'sweep_old_deliveries',
  text: 'SELECT DISTINCT workspace_id FROM webhook_deliveries WHERE id < $1',
}
// Ids grow with time, so the oldest are read from the beginning of the primary key.
const forgetStatement: Statement = {
  name: 'forget_old_deliveries',
  text: `DELETE FROM webhook_deliveries WHERE workspace_id = $1 AND id IN (
    SELECT d.id FROM webhook_deliveries d WHERE d.workspace_id = $1 AND d.id < $2
      AND (d.state <> 'pending' OR NOT EXISTS (SELECT FROM webhook_cursors c WHERE c.workspace_id = $1 AND c.endpoint_id = d.endpoint_id))
    ORDER BY d.id LIMIT ${BATCH}) RETURNING id`,
}
const forgetEndpointsStatement: Statement = {
  name: 'forget_deleted_endpoints',
  text: `DELETE FROM webhook_endpoints e WHERE e.workspace_id = $1 AND e.state = 'deleted'
    AND NOT EXISTS (SELECT FROM webhook_deliveries d WHERE d.workspace_id = $1 AND d.endpoint_id = e.id)`,
}

/** Removes what is older than WEBHOOK_RETENTION_DAYS from all workspaces; returns how many deliveries. */
export async function forgetOldDeliveries(ctx: Ctx): Promise<number> {
  const before = firstIdOf(ctx.now().getTime() - ctx.config.WEBHOOK_RETENTION_DAYS * 86_400_000)
  let forgotten = 0
  for (const { workspace_id } of await sweep<{ workspace_id: string }>(ctx.db, sweepStatement, [before])) {
    for (let count = BATCH; count === BATCH; forgotten += count) {
      const rows = await withWorkspace(ctx.db, workspace_id, (tx) => tx.query(forgetStatement, [workspace_id, before]))
      count = rows.length
    }
    await withWorkspace(ctx.db, workspace_id, (tx) => tx.query(forgetEndpointsStatement, [workspace_id]))
  }
  return forgotten
}

/** The lowest UUIDv7 of a moment. */
function firstIdOf(milliseconds: number): string {
  const bytes = Buffer.alloc(16)
  bytes.writeUIntBE(milliseconds, 0, 6)
  return formatUuid(bytes)
}
