/**
 * Scores of a model that nobody follows any more go, page by page; the history of each lead keeps what it was. Who was in
 * a band is told to have left it: whoever follows the feed has learned of that band there.
 */

import type { PendingChange } from '../../changes/change.ts'
import { recordChanges } from '../../changes/record-change.ts'
import type { Statement, Tx } from '../../db/client.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { toLead } from '../../domain/lead-wire.ts'
import { lockLeads } from '../desk-queries.ts'
import { markWork } from '../mark-work.ts'

const listStatement: Statement = {
  name: 'list_scores_of_model',
  text: `SELECT lead_id FROM lead_scores WHERE workspace_id = $1 AND model_key = $2 AND ($3::uuid IS NULL OR lead_id > $3)
    ORDER BY lead_id LIMIT $4`,
}
const dropStatement: Statement = {
  name: 'drop_scores_of_model',
  text: `DELETE FROM lead_scores WHERE workspace_id = $1 AND model_key = $2 AND lead_id = ANY($3::uuid[])
    RETURNING lead_id, total, grade, band`,
}

interface DroppedScore {
  lead_id: string
  total: number
  grade: string
  band: string | null
}

/** Drops the next scores after a lead and has their leads judged without them; returns these leads. */
export async function dropScores(
  tx: Tx,
  modelKey: string,
  after: string | null,
  limit: number,
  now: Date,
): Promise<string[]> {
  const rows = await tx.query<{ lead_id: string }>(listStatement, [tx.workspaceId, modelKey, after, limit])
  const ids = rows.map(({ lead_id }) => lead_id)
  if (ids.length === 0) return ids
  // Locked, so that nobody scores them meanwhile and the feed never shows a lead as it was before its last change.
  const leads = new Map((await lockLeads(tx, ids)).map(({ lead }) => [lead.id, lead]))
  const dropped = await tx.query<DroppedScore>(dropStatement, [tx.workspaceId, modelKey, ids])
  const inBand = new Map(dropped.flatMap((score) => (score.band === null ? [] : [[score.lead_id, score]])))
  recordChanges(
    tx,
    [...leads.values()].flatMap((lead) => {
      const score = inBand.get(lead.id)
      return score === undefined ? [] : [changeOf(lead, modelKey, score, now)]
    }),
  )
  await markWork(tx, ids, 'policy')
  return ids
}

function changeOf(lead: LeadFacts, model_key: string, { total, grade, band }: DroppedScore, now: Date): PendingChange {
  return {
    type: 'lead.score_changed',
    object_id: lead.id,
    actor: 'system',
    origin: null,
    occurred_at: now.toISOString(),
    object: toLead(lead),
    changed_fields: ['score'],
    previous: { score: { total, grade, band } },
    details: { score: { model_key, total: null, grade: null, band: null } },
  }
}
