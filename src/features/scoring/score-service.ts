/** The scores of a lead, explained, and what a person sets instead. */
import type { Caller, Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import { DAY_MS } from '../../domain/condition/moment.ts'
import { isExpectedVersion } from '../../domain/expected-version.ts'
import { type Contribution, explainScore, type ScoreVerdict } from '../../domain/scoring/calculate-score.ts'
import { SCORE_LIMITS, type ScoreModel } from '../../domain/scoring/score-model.ts'
import { ApiError, notFound, validationFailed } from '../../errors.ts'
import { openJudgeDesk } from '../../pipeline/judge/open-judge-desk.ts'
import { markWork } from '../../pipeline/mark-work.ts'
import { loadScoreBook, readyModels, scoreLead } from '../../pipeline/score/score-leads.ts'
import { watchedScores } from '../../pipeline/score/watched-scores.ts'
import type { Expectation } from '../../policies/policy-store.ts'
import { readPolicies } from '../../policies/published-policies.ts'
import { listModelsFollowedAt } from './score-model-queries.ts'
import {
  deleteOverride,
  findLeadToScore,
  listOverridesOf,
  listRecentScores,
  lockLeadToScore,
  type OverrideRow,
  type ScoreHistoryRow,
  saveOverride,
} from './score-queries.ts'

/** Former scores that are shown beside each score. */
const HISTORY_SHOWN = 20

/** A score of a lead with everything that explains it. */
export interface ExplainedScore extends ScoreVerdict {
  model_key: string
  model_version: number
  overridden: boolean
  as_of: Date
  override: OverrideRow | null
  next_change_at: Date | null
  contributions: Contribution[]
  history: ScoreHistoryRow[]
}

/**
 * The scores of a lead: calculated now, or for a moment of the future as if nothing happened until then; of the past as
 * they were known at that moment.
 */
export async function findLeadScores(
  ctx: Ctx,
  workspaceId: string,
  leadId: string,
  asOf: Date | null,
): Promise<ExplainedScore[]> {
  const now = ctx.now()
  const at = asOf ?? now
  if (at.getTime() - now.getTime() > SCORE_LIMITS.days * DAY_MS) {
    throw new ApiError('validation_failed', 'as_of is too far in the future.', {
      items: [
        {
          code: 'invalid_value',
          detail: `At most ${SCORE_LIMITS.days} days ahead.`,
          pointer: null,
          parameter: 'as_of',
        },
      ],
    })
  }
  return await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const found = await findLeadToScore(tx, leadId)
    if (found === undefined) throw notFound('lead')
    if (at < now) return await findPastScores(tx, leadId, at)
    const desk = await openJudgeDesk(tx, [{ ...found, reasons: [] }], at)
    const models = readyModels(desk.catalogue, desk.policies.of<ScoreModel>('score_model'))
    const keys = models.map(({ key }) => key)
    const [book, history, overrides] = await Promise.all([
      loadScoreBook(tx, [leadId], models, at),
      listRecentScores(tx, leadId, keys, at, HISTORY_SHOWN),
      listOverridesOf(tx, leadId),
    ])
    const watched = watchedScores(desk.policies)
    return models.flatMap((model): ExplainedScore[] => {
      const past = history.filter(({ model_key }) => model_key === model.key)
      const conditions = desk.leads.get(leadId)?.facts
      if (conditions === undefined) return []
      const scored = scoreLead(book, model, { id: leadId, conditions, reasons: [] }, at)
      const facts = {
        conditions,
        daysOf: (rule: Parameters<typeof book.activity.daysOf>[1]) => book.activity.daysOf(leadId, rule),
      }
      return [
        {
          ...scored.verdict,
          model_key: model.key,
          model_version: model.version,
          overridden: scored.overridden,
          as_of: at,
          override: overrides.find(({ model_key }) => model_key === model.key) ?? null,
          next_change_at: scored.next(watched),
          contributions: explainScore(model.compiled, facts, at),
          history: past,
        },
      ]
    })
  })
}

/** The scores of a moment of the past, under the models that were followed then. */
async function findPastScores(tx: Tx, leadId: string, at: Date): Promise<ExplainedScore[]> {
  const keys = await listModelsFollowedAt(tx, at)
  const history = await listRecentScores(tx, leadId, keys, at, HISTORY_SHOWN)
  return keys.flatMap((key) =>
    explainPast(
      history.filter(({ model_key }) => model_key === key),
      at,
    ),
  )
}

/** Nothing was scored yet: then there is no score of that moment. */
function explainPast(past: ScoreHistoryRow[], at: Date): ExplainedScore[] {
  const [row] = past
  if (row === undefined) return []
  const { fit, engagement, total, grade, band, overridden, model_key, model_version } = row
  const contributions = Object.entries(row.parts).map(([name, points]): Contribution => {
    const dot = name.indexOf('.')
    const axis = name.slice(0, dot) === 'fit' ? 'fit' : 'engagement'
    return { axis, key: name.slice(dot + 1), points, counted: null, valid: true }
  })
  const value = { fit, engagement, total, grade, band, overridden, model_key, model_version }
  return [{ ...value, as_of: at, override: null, next_change_at: null, contributions, history: past }]
}

/** Sets the score of a lead by hand; the pipeline writes it and tells everybody. */
export async function overrideScore(
  ctx: Ctx,
  caller: Caller,
  leadId: string,
  override: Omit<OverrideRow, 'version' | 'actor' | 'created_at'>,
  expected: Expectation,
): Promise<ExplainedScore> {
  if (override.expires_at !== null && Date.parse(override.expires_at) <= ctx.now().getTime()) {
    const detail = 'Must be a moment of the future.'
    throw validationFailed([{ code: 'out_of_range', detail, pointer: '/expires_at', parameter: null }])
  }
  await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    await requirePlace(tx, leadId, override.model_key)
    const before = (await listOverridesOf(tx, leadId)).find(({ model_key }) => model_key === override.model_key)
    checkExpectation(before, expected)
    const version = (before?.version ?? 0) + 1
    await saveOverride(tx, leadId, { ...override, version, actor: caller.actor, created_at: ctx.now().toISOString() })
    await markWork(tx, [leadId], 'override')
  })
  const scores = await findLeadScores(ctx, caller.workspaceId, leadId, null)
  const score = scores.find(({ model_key }) => model_key === override.model_key)
  if (score === undefined) throw notFound('score model')
  return score
}

/** Takes back what a person has set; 404 when nobody has. */
export async function withdrawOverride(ctx: Ctx, caller: Caller, leadId: string, modelKey: string): Promise<void> {
  await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    if (!(await lockLeadToScore(tx, leadId))) throw notFound('lead')
    if (!(await deleteOverride(tx, leadId, modelKey))) throw notFound('override')
    await markWork(tx, [leadId], 'override')
  })
}

function checkExpectation(before: OverrideRow | undefined, { ifMatchVersion, createOnly = false }: Expectation): void {
  const isStale = ifMatchVersion !== null && !(before && isExpectedVersion(ifMatchVersion, before.version))
  if (isStale || (createOnly && before !== undefined)) {
    throw new ApiError('precondition_failed', 'Somebody else has set it since; read it again.')
  }
}

async function requirePlace(tx: Tx, leadId: string, modelKey: string): Promise<void> {
  if (!(await lockLeadToScore(tx, leadId))) throw notFound('lead')
  const models = (await readPolicies(tx)).of('score_model')
  if (!models.some(({ key }) => key === modelKey)) throw notFound('score model')
}
