/**
 * Statements that walk over all leads of a workspace in stretches and tell which of them a model may score differently.
 * PostgreSQL answers for everybody of whom it can: no more than what stays as it is has to be proven, a score is decided
 * by `scoreLead` alone.
 */
import type { Statement, Tx } from '../../db/client.ts'
import { familySources } from '../../db/condition-families-sql.ts'
import { conditionToSql } from '../../db/condition-sql.ts'
import { judgeAxes, sumEngagement } from '../../domain/scoring/calculate-score.ts'
import type { CompiledScoreModel } from '../../domain/scoring/compile-score-model.ts'
import type { ScoreModel } from '../../domain/scoring/score-model.ts'
import { activitySources } from './load-activity.ts'
import type { ReadyModel } from './score-leads.ts'

/** Leads in the order of their ids: those after `after` up to `last`. */
export interface Stretch {
  after: string
  last: string
  count: number
}

/** Before every id. */
export const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'

const stretchStatement: Statement = {
  name: 'find_stretch_of_leads',
  // Ids have no maximum before PostgreSQL 18; their texts have, in the same order.
  text: `SELECT max(id::text COLLATE "C") AS last, count(*) AS count
    FROM (SELECT id FROM leads WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3) AS l`,
}

/** The next leads after an id, at most `limit`; undefined when there are no more. */
export async function findStretch(tx: Tx, after: string, limit: number): Promise<Stretch | undefined> {
  const rows = await tx.query<{ last: string | null; count: number }>(stretchStatement, [tx.workspaceId, after, limit])
  const { last, count } = rows[0] ?? { last: null, count: 0 }
  return last === null ? undefined : { after, last, count }
}

/** A lead whose score may differ from the stored one. */
export interface Candidate {
  id: string
  /** Whether it is known to differ; else only calculating can tell. */
  is_sure: boolean
}

const allStatement: Statement = {
  name: 'list_stretch_of_leads',
  text: `SELECT id, false AS is_sure FROM leads WHERE workspace_id = $1 AND id > $2 AND id <= $3 ORDER BY id`,
}

/** Every lead of a stretch but those whose score provably stays as it is, for the model and by the clock. */
export async function listCandidates(tx: Tx, stretch: Stretch, model: ReadyModel, now: Date): Promise<Candidate[]> {
  if (!isSteady(model.compiled)) {
    return await tx.query(allStatement, [tx.workspaceId, stretch.after, stretch.last])
  }
  const { text, values } = candidatesSql(tx.workspaceId, stretch, model, now)
  return await tx.query(text, values)
}

/** Families whose values time alone never changes. What leads did, and consents that end, are judged by calculating. */
const STEADY_KINDS = new Set([
  'column',
  'custom_field',
  'account',
  'account_custom_field',
  'touch_first',
  'touch_last',
  'segments',
  'qualification',
  'criterion',
  'lifecycle',
])

/** Whether fit depends on facts alone: then who did nothing has a score that no time changes, and needs no waking. */
function isSteady({ fit }: CompiledScoreModel): boolean {
  return fit.every(({ condition }) =>
    (condition?.groups.flat() ?? []).every(
      ({ field, test }) =>
        STEADY_KINDS.has(field.source.kind) && test.kind !== 'within_days' && test.kind !== 'older_than_days',
    ),
  )
}

/**
 * Leads are told apart by whether they did anything that counts. Who did not has the fit that the conditions give in
 * SQL, and the engagement of nobody; where the stored score says the same, the lead is left out. Who did, and whose
 * score a person has set, is calculated.
 */
function candidatesSql(workspaceId: string, { after, last }: Stretch, { key, compiled }: ReadyModel, now: Date) {
  const values: unknown[] = [workspaceId, after, last, key]
  const bind = (value: unknown, type: string) => `$${values.push(value)}::${type}`
  const { model } = compiled
  const points = compiled.fit.flatMap(({ condition, points }) => {
    if (condition === null) return []
    const options = { firstParameter: values.length + 1, alias: 'l', now, sources: familySources(workspaceId) }
    const sql = conditionToSql(condition, options)
    values.push(...sql.values)
    return [`CASE WHEN ${sql.text} THEN ${bind(points, 'int')} ELSE 0 END`]
  })
  const bounded = `least(greatest(${['0', ...points].join(' + ')}, ${bind(model.fit.min, 'int')}), ${bind(model.fit.max, 'int')})`
  const { asksForms, from } = activitySources(compiled.engagement, now)
  const names = compiled.engagement.map(({ event }) => event)
  const range = 'workspace_id = $1 AND lead_id > $2 AND lead_id <= $3'
  const active = [
    `SELECT lead_id FROM lead_score_overrides WHERE ${range} AND model_key = $4`,
    `SELECT lead_id FROM lead_event_counters WHERE ${range} AND name = ANY(${bind(names, 'text[]')}) AND count > 0
      AND day >= ${bind(from?.slice(0, 10) ?? '-infinity', 'date')}`,
  ]
  if (asksForms) {
    active.push(`SELECT lead_id FROM touches WHERE ${range} AND kind = 'form_submitted'
      AND occurred_at >= ${bind(from ?? '-infinity', 'timestamptz')}`)
  }
  const isUnsure = active.map((select) => `c.id IN (${select})`).join(' OR ')
  // OFFSET keeps what is calculated once from being calculated wherever it is named.
  const text = `SELECT id, NOT is_unsure AS is_sure FROM (
      SELECT c.id, ${isUnsure} AS is_unsure, ${sameSql(model, engagementOfNobody(compiled, now), bind)} AS is_same
      FROM (SELECT l.id, ${bounded} AS fit FROM leads l
        WHERE l.workspace_id = $1 AND l.id > $2 AND l.id <= $3 OFFSET 0) AS c
      LEFT JOIN lead_scores s ON s.workspace_id = $1 AND s.lead_id = c.id AND s.model_key = $4
        AND s.lead_id > $2 AND s.lead_id <= $3 OFFSET 0) AS compared
    WHERE is_unsure OR is_same IS NOT TRUE ORDER BY id`
  return { text, values }
}

/** Whether the stored score is that of a fit and an engagement; the SQL of `judgeAxes`. */
function sameSql(model: ScoreModel, engagement: number, bind: (value: unknown, type: string) => string): string {
  const total = `(c.fit + ${bind(engagement, 'int')})`
  // The tier follows from the engagement alone.
  const tier = judgeAxes(model, 0, engagement).grade.slice(1)
  const reached = (value: string, steps: (readonly [number, string])[], otherwise: string | null) => {
    const cases = steps.map(([least, text]) => `WHEN ${value} >= ${bind(least, 'int')} THEN ${bind(text, 'text')}`)
    return `CASE ${cases.join(' ')} WHEN true THEN ${bind(otherwise, 'text')} END`
  }
  const grades = model.grades.map(({ grade, min_fit }) => [min_fit, `${grade}${tier}`] as const)
  const bands = model.bands.map(({ key, min_total }) => [min_total, key] as const)
  return `(s.fit = c.fit AND s.engagement = ${bind(engagement, 'int')} AND s.total = ${total}
    AND s.grade = ${reached('c.fit', grades, `F${tier}`)} AND s.band IS NOT DISTINCT FROM ${reached(total, bands, null)}
    AND NOT s.overridden)`
}

const engagementOfNobody = (compiled: CompiledScoreModel, now: Date) =>
  sumEngagement(compiled, { daysOf: () => [] }, now.getTime())
