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
const ARRAYS =
  '$2::uuid[], $3::text[], $4::int[], $5::int[], $6::int[], $7::text[], $8::text[], $9::boolean[], $10::int[], $11::timestamptz[]'

// Arrays and no JSON: a rescore writes a large part of all leads, and these take PostgreSQL a third less.
const writeScoresStatement: Statement = {
  name: 'write_lead_scores',
  text: `INSERT INTO lead_scores (workspace_id, lead_id, model_key, ${SCORE})
    SELECT $1, r.* FROM unnest(${ARRAYS}) AS r
    ON CONFLICT (workspace_id, lead_id, model_key) DO UPDATE SET ${SCORE.split(', ')
      .map((name) => `${name} = excluded.${name}`)
      .join(', ')}`,
}
const writeHistoryStatement: Statement = {
  name: 'write_score_history',
  text: `INSERT INTO lead_score_history (workspace_id, lead_id, model_key, ${SCORE}, id, delta, parts, reasons)
    SELECT $1, r.lead_id, r.model_key, ${SCORE}, id, delta, parts, ARRAY(SELECT jsonb_array_elements_text(causes))
    FROM ROWS FROM (unnest(${ARRAYS}, $12::uuid[], $13::int[]), jsonb_array_elements($14), jsonb_array_elements($15))
      AS r (lead_id, model_key, ${SCORE}, id, delta, parts, causes)`,
}

/** Writes scores that differ, in the order given (that of the lead ids), and their history. */
export async function writeScores(tx: Tx, rows: readonly ScoreRow[]): Promise<void> {
  if (rows.length === 0) return
  const plain = (name: PlainName) => plainArray(rows.map((row) => row[name]))
  const scores = [
    tx.workspaceId,
    plain('lead_id'),
    rows.map(({ model_key }) => model_key),
    plain('fit'),
    plain('engagement'),
    plain('total'),
    rows.map(({ grade }) => grade),
    rows.map(({ band }) => band),
    plain('overridden'),
    plain('model_version'),
    plain('scored_at'),
  ]
  const parts = JSON.stringify(rows.map((row) => row.parts))
  const causes = JSON.stringify(rows.map(({ reasons }) => reasons))
  await Promise.all([
    tx.query(writeScoresStatement, scores),
    tx.query(writeHistoryStatement, [...scores, plain('id'), plain('delta'), parts, causes]),
  ])
}

type PlainName =
  | 'lead_id'
  | 'fit'
  | 'engagement'
  | 'total'
  | 'overridden'
  | 'model_version'
  | 'scored_at'
  | 'id'
  | 'delta'

/** An array of what needs no quotes - numbers, ids, moments: the driver would look at each for signs that do. */
const plainArray = (values: readonly (string | number | boolean)[]) => `{${values.join(',')}}`
