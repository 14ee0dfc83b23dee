// A model made ready for scoring: conditions compiled against the fields of its workspace, thresholds best first. A rule
// whose condition names what is no longer there gives no points, and says so.
import { compileStored } from '../condition/compile-once.ts'
import type { CompiledCondition } from '../condition/compiled-condition.ts'
import type { FieldCatalogue } from '../condition/field-catalogue.ts'
import type { EngagementRule, ScoreModel } from './score-model.ts'

export interface CompiledFitRule {
  readonly key: string
  /** Its name among the parts of a score. */
  readonly part: string
  readonly points: number
  /** Null when the condition cannot be asked any more. */
  readonly condition: CompiledCondition | null
}

export interface CompiledScoreModel {
  readonly model: ScoreModel
  readonly fit: readonly CompiledFitRule[]
  readonly engagement: readonly EngagementRule[]
  /** The names of the engagement rules among the parts of a score, in their order. */
  readonly engagementParts: readonly string[]
}

/** Compiles a stored model. */
export function compileScoreModel(catalogue: FieldCatalogue, model: ScoreModel): CompiledScoreModel {
  return {
    model,
    fit: model.fit.rules.map(({ key, points, condition }) => ({
      key,
      part: `fit.${key}`,
      points,
      condition: compileStored(catalogue, condition),
    })),
    engagement: model.engagement.rules,
    engagementParts: model.engagement.rules.map(({ key }) => `engagement.${key}`),
  }
}
