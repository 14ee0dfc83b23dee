/** Old event keys are forgotten: whoever repeats an event after a month has made it anew. */
import { type Db, type Statement, sweep, withWorkspace } from '../../db/client.ts'

/** As long as a queue of a sender may reasonably be stuck. */
const KEPT_DAYS = 30
/** Keys removed by one statement, so that no transaction is long. */
const FORGET_BATCH = 5_000

const OLD = `received_at < now() - make_interval(days => ${KEPT_DAYS})`

const sweepStatement: Statement = {
  name: 'sweep_old_event_keys',
  text: `SELECT DISTINCT workspace_id FROM event_keys WHERE ${OLD}`,
}
const forgetStatement: Statement = {
  name: 'forget_old_event_keys',
  text: `DELETE FROM event_keys WHERE workspace_id = $1 AND event_key IN (
    SELECT event_key FROM event_keys WHERE workspace_id = $1 AND ${OLD} LIMIT ${FORGET_BATCH}) RETURNING event_key`,
}

/** Removes the keys of all workspaces that are older than promised; returns how many. */
export async function forgetEventKeys(db: Db): Promise<number> {
  let forgotten = 0
  for (const { workspace_id } of await sweep<{ workspace_id: string }>(db, sweepStatement, [])) {
    for (let count = FORGET_BATCH; count === FORGET_BATCH; forgotten += count) {
      count = (await withWorkspace(db, workspace_id, (tx) => tx.query(forgetStatement, [workspace_id]))).length
    }
  }
  return forgotten
}
