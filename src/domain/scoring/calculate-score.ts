// The score of a lead at a moment: a pure function of its facts, what it did, the model and the time. Live scoring, a
// full rescore, a simulation and the answer to "why" all call this.
import type { ConditionFacts } from '../condition/condition-facts.ts'
import { matchesCondition } from '../condition/evaluate-condition.ts'
import { type ActivityDay, weighEvents } from './activity-days.ts'
import type { CompiledScoreModel } from './compile-score-model.ts'
import type { EngagementRule, ScoreModel } from './score-model.ts'

export interface ScoreFacts {
  conditions: ConditionFacts
  /** What the lead did that a rule asks about, newest day first. */
  daysOf(rule: EngagementRule): readonly ActivityDay[]
}

export interface ScoreVerdict {
  fit: number
  engagement: number
  total: number
  /** Letter and tier, such as `A1`. */
  grade: string
  /** Null below the lowest band. */
  band: string | null
}

/** What one rule gave, two digits after the point. */
export interface Contribution {
  axis: 'fit' | 'engagement'
  key: string
  points: number
  /** Events that counted; null for a fit rule. */
  counted: number | null
  /** False when the rule names a field that is no longer there. */
  valid: boolean
}

/** The score at `now`. */
export function calculateScore(compiled: CompiledScoreModel, facts: ScoreFacts, now: Date): ScoreVerdict {
  return judgeAxes(compiled.model, sumFit(compiled, facts, now), sumEngagement(compiled, facts, now.getTime()))
}

/** What every rule gives at `now`, those that give nothing included. */
export function explainScore(compiled: CompiledScoreModel, facts: ScoreFacts, now: Date): Contribution[] {
  const fit = compiled.fit.map(({ key, points, condition }): Contribution => {
    const holds = condition !== null && matchesCondition(condition, facts.conditions, now)
    return { axis: 'fit', key, points: holds ? points : 0, counted: null, valid: condition !== null }
  })
  const engagement = compiled.engagement.map((rule): Contribution => {
    const { weight, counted } = weighEvents(rule, facts.daysOf(rule), now.getTime())
    return { axis: 'engagement', key: rule.key, points: toCents(pointsOf(rule, weight)), counted, valid: true }
  })
  return [...fit, ...engagement]
}

/** What each rule gives at `now` by its axis and key, without those that give nothing. */
export function partsOfScore(compiled: CompiledScoreModel, facts: ScoreFacts, now: Date): Record<string, number> {
  const parts: Record<string, number> = {}
  for (const { part, points, condition } of compiled.fit) {
    const holds = points !== 0 && condition !== null && matchesCondition(condition, facts.conditions, now)
    if (holds) parts[part] = points
  }
  for (const [i, rule] of compiled.engagement.entries()) {
    const points = toCents(pointsOf(rule, weighEvents(rule, facts.daysOf(rule), now.getTime()).weight))
    if (points !== 0) parts[compiled.engagementParts[i] ?? rule.key] = points
  }
  return parts
}

/** The bounded sum of the fit rules. */
export function sumFit({ model, fit }: CompiledScoreModel, facts: ScoreFacts, now: Date): number {
  let sum = 0
  for (const { condition, points } of fit) {
    if (condition !== null && matchesCondition(condition, facts.conditions, now)) sum += points
  }
  return clamp(sum, model.fit.min, model.fit.max)
}

/** The bounded sum of the engagement rules, a whole number. */
export function sumEngagement(
  { model, engagement }: CompiledScoreModel,
  facts: Pick<ScoreFacts, 'daysOf'>,
  at: number,
): number {
  let sum = 0
  for (const rule of engagement) {
    const days = facts.daysOf(rule)
    if (days.length > 0) sum += pointsOf(rule, weighEvents(rule, days, at).weight)
    else sum += pointsOf(rule, 0)
  }
  // Plus zero: minus zero has no place in a score.
  return Math.round(clamp(sum, model.engagement.min, model.engagement.max)) + 0
}

/** A negative rule that counts nothing gives no minus zero either. */
function pointsOf({ points, min_points, max_points }: EngagementRule, weight: number): number {
  return weight === 0 ? clamp(0, min_points, max_points) : clamp(points * weight, min_points, max_points)
}

function clamp(value: number, min: number | null, max: number | null): number {
  return Math.min(Math.max(value, min ?? -Infinity), max ?? Infinity)
}

const toCents = (value: number) => Math.round(value * 100) / 100 + 0

/** Total, grade and band of two axes. */
export function judgeAxes(model: ScoreModel, fit: number, engagement: number): ScoreVerdict {
  const total = fit + engagement
  return { fit, engagement, total, grade: gradeOf(model, fit, engagement), band: bandOf(model, total) }
}

function gradeOf({ grades, tiers }: ScoreModel, fit: number, engagement: number): string {
  const letter = grades.find(({ min_fit }) => fit >= min_fit)?.grade ?? 'F'
  return `${letter}${tiers.find(({ min_engagement }) => engagement >= min_engagement)?.tier ?? 4}`
}

/** The band of a total. */
export function bandOf({ bands }: ScoreModel, total: number): string | null {
  return bands.find(({ min_total }) => total >= min_total)?.key ?? null
}
