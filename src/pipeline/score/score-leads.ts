/** Scores leads: the same steps for the judge, a rescore and a simulation. Decides; writes nothing. */
import type { Tx } from '../../db/client.ts'
import { onceFor } from '../../domain/condition/compile-once.ts'
import type { ConditionFacts } from '../../domain/condition/condition-facts.ts'
import type { FieldCatalogue } from '../../domain/condition/field-catalogue.ts'
import { newId } from '../../domain/new-id.ts'
import type { PublishedPolicy } from '../../domain/policy.ts'
import {
  calculateScore,
  partsOfScore,
  type ScoreFacts,
  type ScoreVerdict,
} from '../../domain/scoring/calculate-score.ts'
import { type CompiledScoreModel, compileScoreModel } from '../../domain/scoring/compile-score-model.ts'
import { nextScoreChange, type WatchedScores } from '../../domain/scoring/next-score-change.ts'
import type { ScoreModel } from '../../domain/scoring/score-model.ts'
import { applyOverride, isInForce } from '../../domain/scoring/score-override.ts'
import { type ActivityBook, loadActivity } from './load-activity.ts'
import {
  listOverrides,
  listScores,
  type ScoreRow,
  type StoredOverride,
  type StoredScore,
  scoreKey,
} from './score-queries.ts'

/** A published model, compiled. */
export interface ReadyModel {
  key: string
  version: number
  compiled: CompiledScoreModel
}

/** Models ready for scoring; compiled once for each catalogue. */
export function readyModels(
  catalogue: FieldCatalogue,
  models: readonly PublishedPolicy<ScoreModel>[],
): readonly ReadyModel[] {
  return models.map(({ key, version, definition }) => ({
    key,
    version,
    compiled: onceFor(catalogue, definition, compileScoreModel),
  }))
}

/** What scoring needs to know about a batch of leads beside what conditions ask. */
export interface ScoreBook {
  stored: ReadonlyMap<string, StoredScore>
  overrides: ReadonlyMap<string, StoredOverride>
  activity: ActivityBook
}

/** Loads it for these leads and models. */
export async function loadScoreBook(
  tx: Tx,
  leadIds: readonly string[],
  models: readonly ReadyModel[],
  now: Date,
): Promise<ScoreBook> {
  const rules = models.flatMap(({ compiled }) => compiled.engagement)
  const [stored, overrides, activity] = await Promise.all([
    listScores(tx, leadIds),
    listOverrides(tx, leadIds),
    loadActivity(tx, leadIds, rules, now),
  ])
  return { stored, overrides, activity }
}

/** The score of one lead under one model, and what to do about it. */
export interface ScoredLead {
  verdict: ScoreVerdict
  overridden: boolean
  before: StoredScore | undefined
  /** Whether something is to be written. */
  differs: boolean
  /** What is to be written: made only when asked for, for it explains every rule. */
  makeRow(): ScoreRow
  /** When it is to be scored again; null when nothing turns by itself. */
  next(watched: WatchedScores): Date | null
}

/** Scores one lead under one model. */
export function scoreLead(
  book: ScoreBook,
  model: ReadyModel,
  lead: { id: string; conditions: ConditionFacts; reasons: readonly string[] },
  now: Date,
): ScoredLead {
  const facts: ScoreFacts = {
    conditions: lead.conditions,
    daysOf: (rule) => book.activity.daysOf(lead.id, rule),
  }
  const place = scoreKey(lead.id, model.key)
  const override = book.overrides.get(place)
  const verdict = applyOverride(model.compiled.model, calculateScore(model.compiled, facts, now), override, now)
  const overridden = isInForce(override, now)
  const before = book.stored.get(place)
  const isSame = before !== undefined && before.overridden === overridden && isSameScore(before, verdict)
  return {
    verdict,
    overridden,
    before,
    differs: !isSame,
    makeRow: () => rowOf(model, { lead, verdict, overridden, before }, facts, now),
    next: (watched) => {
      const turn = nextScoreChange(model.compiled, facts, now, watched)
      const end = overridden && override.expires_at !== null ? new Date(override.expires_at) : null
      return turn === null || (end !== null && end < turn) ? end : turn
    },
  }
}

const isSameScore = (a: ScoreVerdict, b: ScoreVerdict) =>
  a.fit === b.fit && a.engagement === b.engagement && a.total === b.total && a.grade === b.grade && a.band === b.band

function rowOf(
  { key, version, compiled }: ReadyModel,
  found: {
    lead: { id: string; reasons: readonly string[] }
    verdict: ScoreVerdict
    overridden: boolean
    before: StoredScore | undefined
  },
  facts: ScoreFacts,
  now: Date,
): ScoreRow {
  const { lead, verdict, overridden, before } = found
  const { fit, engagement, total, grade, band } = verdict
  return {
    fit,
    engagement,
    total,
    grade,
    band,
    lead_id: lead.id,
    model_key: key,
    model_version: version,
    overridden,
    scored_at: now.toISOString(),
    id: newId(),
    delta: total - (before?.total ?? 0),
    reasons: lead.reasons,
    parts: partsOfScore(compiled, facts, now),
  }
}
