/** Statements of the scores of one lead, as the API shows them. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import type { FieldSources, LeadFacts } from '../../domain/lead.ts'
import type { ScoreVerdict } from '../../domain/scoring/calculate-score.ts'

export interface ScoreHistoryRow extends ScoreVerdict {
  id: string
  model_key: string
  model_version: number
  overridden: boolean
  scored_at: string
  delta: number
  reasons: string[]
  parts: Record<string, number>
}

const HISTORY =
  'id, model_key, model_version, fit, engagement, total, grade, band, overridden, scored_at, delta, reasons, parts'

const leadStatement: Statement = {
  name: 'find_lead_to_score',
  text: 'SELECT * FROM leads WHERE workspace_id = $1 AND id = $2',
}
const recentStatement: Statement = {
  name: 'list_recent_scores',
  text: `SELECT h.* FROM unnest($3::text[]) AS asked (model_key) CROSS JOIN LATERAL (
      SELECT ${HISTORY} FROM lead_score_history WHERE workspace_id = $1 AND lead_id = $2 AND model_key = asked.model_key
        AND scored_at <= $4 ORDER BY id DESC LIMIT $5) AS h`,
}
const historyStatement: Statement = {
  name: 'list_score_history',
  text: `SELECT ${HISTORY} FROM lead_score_history WHERE workspace_id = $1 AND lead_id = $2 AND model_key = $3
    AND ($4::uuid IS NULL OR id < $4) ORDER BY id DESC LIMIT $5`,
}

const knownStatement: Statement = {
  name: 'is_lead_to_score',
  text: 'SELECT true AS known FROM leads WHERE workspace_id = $1 AND id = $2',
}

/** Whether there is such a lead. */
export async function isLead(db: Db, workspaceId: string, leadId: string): Promise<boolean> {
  return (await readInWorkspace(db, workspaceId, knownStatement, [workspaceId, leadId])).length > 0
}

/** A lead as scoring reads it; nothing is locked. */
export async function findLeadToScore(
  tx: Tx,
  leadId: string,
): Promise<{ lead: LeadFacts; sources: FieldSources } | undefined> {
  const [row] = await tx.query<LeadFacts & { workspace_id: string }>(leadStatement, [tx.workspaceId, leadId])
  if (row === undefined) return undefined
  const { workspace_id: _, ...lead } = row
  return { lead, sources: {} }
}

/** The newest scores of each model up to a moment. */
export async function listRecentScores(
  tx: Tx,
  leadId: string,
  modelKeys: readonly string[],
  until: Date,
  limit: number,
): Promise<ScoreHistoryRow[]> {
  return await tx.query(recentStatement, [tx.workspaceId, leadId, modelKeys, until.toISOString(), limit])
}

/** Scores of a lead under a model, newest first. */
export async function listScoreHistory(
  db: Db,
  workspaceId: string,
  leadId: string,
  modelKey: string,
  before: string | null,
  limit: number,
): Promise<ScoreHistoryRow[]> {
  return await readInWorkspace(db, workspaceId, historyStatement, [workspaceId, leadId, modelKey, before, limit])
}

export interface OverrideRow {
  model_key: string
  total: number
  grade: string | null
  reason: string
  version: number
  actor: string
  created_at: string
  expires_at: string | null
}

const listOverridesStatement: Statement = {
  name: 'list_overrides_of_lead',
  text: `SELECT model_key, total, grade, reason, version, actor, created_at, expires_at FROM lead_score_overrides
    WHERE workspace_id = $1 AND lead_id = $2`,
}
const lockLeadStatement: Statement = {
  name: 'lock_lead_to_score',
  text: 'SELECT id FROM leads WHERE workspace_id = $1 AND id = $2 FOR UPDATE',
}
const saveStatement: Statement = {
  name: 'save_score_override',
  text: `INSERT INTO lead_score_overrides (workspace_id, lead_id, model_key, total, grade, reason, version, actor, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (workspace_id, lead_id, model_key) DO UPDATE SET total = excluded.total, grade = excluded.grade,
      reason = excluded.reason, version = excluded.version, actor = excluded.actor, created_at = excluded.created_at, expires_at = excluded.expires_at`,
}
const deleteStatement: Statement = {
  name: 'delete_score_override',
  text: `DELETE FROM lead_score_overrides WHERE workspace_id = $1 AND lead_id = $2 AND model_key = $3 RETURNING total`,
}

/** What persons have set for a lead. */
export async function listOverridesOf(tx: Tx, leadId: string): Promise<OverrideRow[]> {
  return await tx.query(listOverridesStatement, [tx.workspaceId, leadId])
}

/** Locks a lead; false when there is none. */
export async function lockLeadToScore(tx: Tx, leadId: string): Promise<boolean> {
  return (await tx.query(lockLeadStatement, [tx.workspaceId, leadId])).length === 1
}

/** Sets the score of a lead under a model. */
export async function saveOverride(tx: Tx, leadId: string, override: OverrideRow): Promise<void> {
  const { model_key, total, grade, reason, version, actor, created_at, expires_at } = override
  const values = [model_key, total, grade, reason, version, actor, created_at, expires_at]
  await tx.query(saveStatement, [tx.workspaceId, leadId, ...values])
}

/** Takes it back; false when nobody had set it. */
export async function deleteOverride(tx: Tx, leadId: string, modelKey: string): Promise<boolean> {
  return (await tx.query(deleteStatement, [tx.workspaceId, leadId, modelKey])).length === 1
}
