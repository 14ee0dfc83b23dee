// A person who knows better sets the total, and the grade if they like; it stays whatever the rules say, until it is
// taken back or ends. Fit and engagement go on being calculated, so that both can be compared.
import { bandOf, type ScoreVerdict } from './calculate-score.ts'
import type { ScoreModel } from './score-model.ts'

export interface ScoreOverride {
  total: number
  /** Null leaves the calculated one. */
  grade: string | null
  expires_at: string | null
}

/** Whether it still holds. */
export function isInForce(override: ScoreOverride | undefined, now: Date): override is ScoreOverride {
  return override !== undefined && (override.expires_at === null || Date.parse(override.expires_at) > now.getTime())
}

/** The verdict with an override that holds. */
export function applyOverride(
  model: ScoreModel,
  verdict: ScoreVerdict,
  override: ScoreOverride | undefined,
  now: Date,
): ScoreVerdict {
  if (!isInForce(override, now)) return verdict
  const { total, grade } = override
  return { ...verdict, total, grade: grade ?? verdict.grade, band: bandOf(model, total) }
}
