/** Scores of a model that nobody follows any more go, page by page; the history of each lead keeps what it was. */
import type { Statement, Tx } from '../../db/client.ts'
import { markWork } from '../mark-work.ts'

// Marked first and dropped then, as the judge takes them: it holds the mark of a lead while it writes the score.
const listStatement: Statement = {
  name: 'list_scores_of_model',
  text: `SELECT lead_id FROM lead_scores WHERE workspace_id = $1 AND model_key = $2 AND ($3::uuid IS NULL OR lead_id > $3)
    ORDER BY lead_id LIMIT $4`,
}
const dropStatement: Statement = {
  name: 'drop_scores_of_model',
  text: 'DELETE FROM lead_scores WHERE workspace_id = $1 AND model_key = $2 AND lead_id = ANY($3::uuid[])',
}

/** Drops the next scores after a lead and has their leads judged without them; returns these leads. */
export async function dropScores(tx: Tx, modelKey: string, after: string | null, limit: number): Promise<string[]> {
  const rows = await tx.query<{ lead_id: string }>(listStatement, [tx.workspaceId, modelKey, after, limit])
  const ids = rows.map(({ lead_id }) => lead_id)
  if (ids.length === 0) return ids
  await markWork(tx, ids, 'policy')
  await tx.query(dropStatement, [tx.workspaceId, modelKey, ids])
  return ids
}
