/** Leads with the score that every answer shows beside them: that of the default model. */
import { type Db, readInWorkspace, type Statement } from '../db/client.ts'
import type { LeadFacts } from '../domain/lead.ts'
import type { ShownScore } from '../domain/lead-wire.ts'
import { DEFAULT_MODEL_KEY } from '../domain/scoring/score-model.ts'

/** A lead as it is shown; `score` null when it was never scored. */
export type ShownLead = LeadFacts & { score: ShownScore | null }

const SCORE = `jsonb_build_object('total', s.total, 'fit', s.fit, 'engagement', s.engagement, 'grade', s.grade, 'band', s.band)`

/** The column `score` of a statement about leads of workspace $1. */
export const scoreColumn = (leads: string) =>
  `(SELECT ${SCORE} FROM lead_scores s
    WHERE s.workspace_id = $1 AND s.lead_id = ${leads}.id AND s.model_key = '${DEFAULT_MODEL_KEY}') AS score`

const scoresStatement: Statement = {
  name: 'list_scores_of_leads',
  text: `SELECT s.lead_id, ${SCORE} AS score FROM lead_scores s
    WHERE s.workspace_id = $1 AND s.lead_id = ANY($2::uuid[]) AND s.model_key = '${DEFAULT_MODEL_KEY}'`,
}

/** The scores of leads that were read without them, as writes and members of segments are. */
export async function withScores(db: Db, workspaceId: string, leads: readonly LeadFacts[]): Promise<ShownLead[]> {
  const ids = leads.map(({ id }) => id)
  const rows = await readInWorkspace<{ lead_id: string; score: ShownScore }>(db, workspaceId, scoresStatement, [
    workspaceId,
    ids,
  ])
  const scores = new Map(rows.map(({ lead_id, score }) => [lead_id, score]))
  // First: one more member behind forty costs more than the copy (domain/lead-wire.ts).
  return leads.map((lead) => ({ score: scores.get(lead.id) ?? null, ...lead }))
}
