/** Anonymous visitors are forgotten with the last of their raw events: nobody will find out any more who they were. */
import type { Ctx } from '../../ctx.ts'
import { type Statement, sweep, withWorkspace } from '../../db/client.ts'
import { eventsKeptFrom } from './partitions.ts'

/** Visitors removed by one statement, so that no transaction is long. */
const FORGET_BATCH = 5_000

const sweepStatement: Statement = { name: 'sweep_workspaces', text: 'SELECT id AS workspace_id FROM workspaces' }
const forgetStatement: Statement = {
  name: 'forget_visitors',
  text: `DELETE FROM visitors WHERE workspace_id = $1 AND visitor_id IN (
    SELECT visitor_id FROM visitors WHERE workspace_id = $1 AND lead_id IS NULL AND successor_id IS NULL
      AND last_seen_at < $2 LIMIT ${FORGET_BATCH} FOR UPDATE SKIP LOCKED) RETURNING visitor_id`,
}

/** Forgets them in all workspaces; returns how many. */
export async function forgetVisitors(ctx: Ctx): Promise<number> {
  const before = new Date(eventsKeptFrom(ctx)).toISOString()
  let forgotten = 0
  for (const { workspace_id } of await sweep<{ workspace_id: string }>(ctx.db, sweepStatement, [])) {
    for (let count = FORGET_BATCH; count === FORGET_BATCH; forgotten += count) {
      const forget = () =>
        withWorkspace(ctx.db, workspace_id, (tx) => tx.query(forgetStatement, [workspace_id, before]))
      count = (await forget()).length
    }
  }
  return forgotten
}
