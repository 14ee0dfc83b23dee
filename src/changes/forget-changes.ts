/**
 * The end of the feed: changes older than a workspace wants to keep are forgotten. What may go is decided by the function
 * of the database (migration 0017), because whoever serves requests may delete nothing of the feed.
 */
import { type Db, type Statement, sweep, withWorkspace } from '../db/client.ts'

/** Rows removed by one transaction, so that none is long. */
const BATCH = 5_000

// Every workspace has a counter; its settings no sweep may read.
const sweepStatement: Statement = {
  name: 'sweep_feeds',
  text: 'SELECT workspace_id FROM change_counters WHERE last_sequence > $1',
}
const forgetStatement: Statement = { name: 'forget_old_changes', text: 'SELECT forget_old_changes($1) AS count' }

/** Forgets what has expired in all workspaces; returns how many changes. Without a setting nothing ever expires. */
export async function forgetOldChanges(db: Db): Promise<number> {
  let forgotten = 0
  for (const { workspace_id } of await sweep<{ workspace_id: string }>(db, sweepStatement, [0])) {
    for (let count = BATCH; count === BATCH; forgotten += count) {
      const [row] = await withWorkspace(db, workspace_id, (tx) => tx.query<{ count: number }>(forgetStatement, [BATCH]))
      count = row?.count ?? 0
    }
  }
  return forgotten
}
