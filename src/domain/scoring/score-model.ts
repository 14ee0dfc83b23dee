// A score model has two axes: fit says who a lead is, engagement what it did. Rules give points, the axes bound them,
// their sum is the total. The grade is a letter for fit and a number for engagement (A1 is best, F4 the rest); the band
// is a name for a range of totals. A model is data: what it says is all that decides.
import type { Condition } from '../condition/condition-shape.ts'

export const GRADE_LETTERS = ['A', 'B', 'C', 'D', 'E', 'F'] as const
/** Letters with a threshold; F is who reaches none. */
export const GRADES = ['A', 'B', 'C', 'D', 'E'] as const
/** Tiers with a threshold; 4 is who reaches none. */
export const TIERS = [1, 2, 3] as const

export const SCORE_LIMITS = {
  rules: 100,
  /** Points of a rule, either way. */
  points: 1_000,
  /** Bounds of rules and axes, either way. */
  bound: 10_000,
  /** Windows and half-lives: ten years. */
  days: 3_650,
  /** Events of a rule that count; the newest ones. */
  count: 1_000,
  bands: 20,
  models: 20,
} as const

/** The name under which rules count submitted forms, which are touches and no events. Their properties are not kept. */
export const FORM_EVENT = 'form_submitted'

/** The model whose score leads show, and whose values conditions read as `score.total` and so on. */
export const DEFAULT_MODEL_KEY = 'default'

/** Points for whom the condition describes. */
export interface FitRule {
  key: string
  label: string
  condition: Condition
  points: number
}

/** Points for each time that a lead did something. */
export interface EngagementRule {
  key: string
  label: string
  event: string
  /** Texts that the event must have. */
  properties: Record<string, string>
  points: number
  /** Counts events of so many times 24 hours; ever when null. */
  window_days: number | null
  /** An event is worth half as much after each so many days; it keeps its worth when null. */
  half_life_days: number | null
  /** At most so many events of a UTC day count, the newest. */
  max_per_day: number | null
  /** At most so many events count, the newest. */
  max_count: number | null
  min_points: number | null
  max_points: number | null
}

export interface ScoreAxis<Rule> {
  min: number
  max: number
  rules: Rule[]
}

export interface ScoreModel {
  name: string
  description: string | null
  fit: ScoreAxis<FitRule>
  engagement: ScoreAxis<EngagementRule>
  /** Least fit of each letter, best first. */
  grades: { grade: (typeof GRADES)[number]; min_fit: number }[]
  /** Least engagement of each tier, best first. */
  tiers: { tier: (typeof TIERS)[number]; min_engagement: number }[]
  /** Least total of each band, highest first; below all of them there is no band. */
  bands: { key: string; min_total: number }[]
}

/** Thresholds for a model that names none: fifths of the fit axis, and parts that experience shows for the others. */
export function defaultThresholds(
  fitMax: number,
  engagementMax: number,
): Pick<ScoreModel, 'grades' | 'tiers' | 'bands'> {
  const part = (of: number, share: number) => Math.max(1, Math.round(of * share))
  return {
    grades: distinct([0.8, 0.6, 0.4, 0.2, 0.05].map((share) => part(fitMax, share))).map((min_fit, i) => ({
      grade: GRADES[i] ?? 'E',
      min_fit,
    })),
    tiers: distinct([0.6, 0.3, 0.1].map((share) => part(engagementMax, share))).map((min_engagement, i) => ({
      tier: TIERS[i] ?? 3,
      min_engagement,
    })),
    bands: distinct([0.6, 0.3].map((share) => part(fitMax + engagementMax, share))).map((min_total, i) => ({
      key: i === 0 ? 'hot' : 'warm',
      min_total,
    })),
  }
}

/** A tiny axis has fewer steps than letters. */
const distinct = (values: number[]) => [...new Set(values)]
