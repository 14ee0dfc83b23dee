/** Something has changed that may give waiting leads an owner: they are judged again. */
import type { Statement, Tx } from '../../db/client.ts'
import { markWork } from '../mark-work.ts'
import { listWaitingIds } from './route-queries.ts'

/** More are not marked at once; the others have a moment of their own at which they are tried again. */
const MOST_RETRIED = 10_000

/** Has waiting leads tried again. Before the routing lock is taken: it waits for whoever judges one of them now. */
export async function retryUnrouted(tx: Tx): Promise<void> {
  await markWork(tx, await listWaitingIds(tx, MOST_RETRIED), 'routing')
}

// Who is judged right now is passed by: under the routing lock nobody may wait for who waits for it.
const nudgeStatement: Statement = {
  name: 'nudge_unrouted_leads',
  text: `UPDATE lead_work AS m SET due_at = least(m.due_at, now()), reasons = '{routing}', generation = m.generation + 1, attempt = 0
    FROM (SELECT w.lead_id FROM unrouted_leads u JOIN lead_work w ON w.workspace_id = $1 AND w.lead_id = u.lead_id
      WHERE u.workspace_id = $1 ORDER BY u.since, u.lead_id LIMIT $2 FOR UPDATE OF w SKIP LOCKED) AS longest
    WHERE m.workspace_id = $1 AND m.lead_id = longest.lead_id RETURNING m.lead_id`,
}

/** Has the longest waiting leads tried again, so many as there is room for; never waits. */
export async function nudgeUnrouted(tx: Tx, room: number): Promise<void> {
  if (room <= 0) return
  const nudged = await tx.query(nudgeStatement, [tx.workspaceId, Math.min(room, MOST_RETRIED)])
  if (nudged.length > 0) tx.announce('leads')
}
