/** Statements about score models beyond those of all policies. */
import type { Statement, Tx } from '../../db/client.ts'

const countStatement: Statement = {
  name: 'count_other_score_models',
  text: `SELECT count(*)::int AS count FROM policies WHERE workspace_id = $1 AND kind = 'score_model' AND policy_key <> $2
    AND (draft_version IS NOT NULL OR published_version IS NOT NULL)`,
}

const followedStatement: Statement = {
  name: 'list_models_followed_at',
  text: `SELECT DISTINCT policy_key AS key FROM policy_versions WHERE workspace_id = $1 AND kind = 'score_model'
    AND published_at <= $2 AND (retired_at IS NULL OR retired_at > $2) ORDER BY key`,
}

/** Keys of the models that were published at a moment. */
export async function listModelsFollowedAt(tx: Tx, at: Date): Promise<string[]> {
  return (await tx.query<{ key: string }>(followedStatement, [tx.workspaceId, at.toISOString()])).map(({ key }) => key)
}

/** How many models there are beside this one. */
export async function countOtherModels(tx: Tx, key: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(countStatement, [tx.workspaceId, key])
  return row?.count ?? 0
}
