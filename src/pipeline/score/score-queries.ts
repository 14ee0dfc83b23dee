/** Every statement that reads and writes scores for decisions. */
import type { Statement, Tx } from '../../db/client.ts'
import type { ScoreVerdict } from '../../domain/scoring/calculate-score.ts'

export interface StoredScore extends ScoreVerdict {
  lead_id: string
  model_key: string
  overridden: boolean
}

export interface StoredOverride {
  lead_id: string
  model_key: string
  total: number
  grade: string | null
  expires_at: string | null
}

const listScoresStatement: Statement = {
  name: 'list_lead_scores',
  text: `SELECT lead_id, model_key, fit, engagement, total, grade, band, overridden FROM lead_scores
    WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[])`,
}
const listOverridesStatement: Statement = {
  name: 'list_score_overrides',
  text: `SELECT lead_id, model_key, total, grade, expires_at FROM lead_score_overrides
    WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[])`,
}

/** Key of what belongs to a lead and a model. */
export const scoreKey = (leadId: string, modelKey: string) => `${leadId} ${modelKey}`

/** The stored scores of these leads under all models, by `scoreKey`. */
export async function listScores(tx: Tx, leadIds: readonly string[]): Promise<Map<string, StoredScore>> {
  const rows = await tx.query<StoredScore>(listScoresStatement, [tx.workspaceId, leadIds])
  return new Map(rows.map((row) => [scoreKey(row.lead_id, row.model_key), row]))
}

/** What persons have set for these leads, by `scoreKey`. */
export async function listOverrides(tx: Tx, leadIds: readonly string[]): Promise<Map<string, StoredOverride>> {
  const rows = await tx.query<StoredOverride>(listOverridesStatement, [tx.workspaceId, leadIds])
  return new Map(rows.map((row) => [scoreKey(row.lead_id, row.model_key), row]))
}

/** A score that differs from the stored one. */
export interface ScoreRow extends StoredScore {
  model_version: number
  scored_at: string
  id: string
  delta: number
  reasons: readonly string[]
  parts: Readonly<Record<string, number>>
}

const SCORE = 'fit, engagement, total, grade, band, overridden, model_version, scored_at'

const writeScoresStatement: Statement = {
  name: 'write_lead_scores',
  text: `INSERT INTO lead_scores (workspace_id, lead_id, model_key, ${SCORE})
    SELECT $1, lead_id, model_key, ${SCORE} FROM jsonb_populate_recordset(null::lead_scores, $2::jsonb)
    ON CONFLICT (workspace_id, lead_id, model_key) DO UPDATE SET ${SCORE.split(', ')
      .map((name) => `${name} = excluded.${name}`)
      .join(', ')}`,
}
const writeHistoryStatement: Statement = {
  name: 'write_score_history',
  text: `INSERT INTO lead_score_history (workspace_id, lead_id, model_key, id, delta, reasons, parts, ${SCORE})
    SELECT $1, lead_id, model_key, id, delta, reasons, parts, ${SCORE}
    FROM jsonb_populate_recordset(null::lead_score_history, $2::jsonb)`,
}

/** Writes scores that differ, in the order given (that of the lead ids), and their history. */
export async function writeScores(tx: Tx, rows: readonly ScoreRow[]): Promise<void> {
  if (rows.length === 0) return
  const json = JSON.stringify(rows)
  await Promise.all([
    tx.query(writeScoresStatement, [tx.workspaceId, json]),
    tx.query(writeHistoryStatement, [tx.workspaceId, json]),
  ])
}
