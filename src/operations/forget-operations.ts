/** Operations are kept for thirty days after their end (api.md 30). */
import { type Db, type Statement, sweep, withWorkspace } from '../db/client.ts'

const KEPT_DAYS = 30
/** Rows removed by one statement, so that no transaction is long. */
const FORGET_BATCH = 1_000

const IS_OLD = `finished_at < now() - make_interval(days => ${KEPT_DAYS})`

const sweepStatement: Statement = {
  name: 'sweep_old_operations',
  text: `SELECT DISTINCT workspace_id FROM operations WHERE ${IS_OLD}`,
}
const forgetStatement: Statement = {
  name: 'forget_old_operations',
  text: `DELETE FROM operations WHERE workspace_id = $1 AND id IN (
    SELECT id FROM operations WHERE workspace_id = $1 AND ${IS_OLD} LIMIT ${FORGET_BATCH}) RETURNING id`,
}

/** Removes the operations of all workspaces that ended long ago; returns how many. */
export async function forgetOldOperations(db: Db): Promise<number> {
  let forgotten = 0
  for (const { workspace_id } of await sweep<{ workspace_id: string }>(db, sweepStatement, [])) {
    for (let count = FORGET_BATCH; count === FORGET_BATCH; forgotten += count) {
      count = (await withWorkspace(db, workspace_id, (tx) => tx.query(forgetStatement, [workspace_id]))).length
    }
  }
  return forgotten
}
