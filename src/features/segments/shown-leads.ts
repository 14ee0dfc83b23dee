/** Leads of a segment as every list shows leads: with the score of the default model. */
import { type Db, readInWorkspace, type Statement } from '../../db/client.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { toLead } from '../../domain/lead-wire.ts'
import { DEFAULT_MODEL_KEY } from '../../domain/scoring/score-model.ts'

interface ShownScore {
  total: number
  fit: number
  engagement: number
  grade: string
  band: string | null
}

const scoresStatement: Statement = {
  name: 'list_scores_of_members',
  text: `SELECT lead_id, total, fit, engagement, grade, band FROM lead_scores
    WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[]) AND model_key = '${DEFAULT_MODEL_KEY}'`,
}

/** The wire form of leads, in their order. */
export async function showLeads(db: Db, workspaceId: string, leads: readonly LeadFacts[]) {
  const ids = leads.map(({ id }) => id)
  const rows = await readInWorkspace<ShownScore & { lead_id: string }>(db, workspaceId, scoresStatement, [
    workspaceId,
    ids,
  ])
  const scores = new Map(rows.map(({ lead_id, ...score }) => [lead_id, score]))
  return leads.map((lead) => ({ ...toLead(lead), score: scores.get(lead.id) ?? null, account: null, owner: null }))
}
