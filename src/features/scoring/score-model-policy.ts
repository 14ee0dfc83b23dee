/** Score models as policies: what is their own beside what all policies share. */
import type { Static } from 'typebox'
import { SCORE_LIMITS, type ScoreModel } from '../../domain/scoring/score-model.ts'
import { findScoreModelFaults } from '../../domain/scoring/score-model-faults.ts'
import { ApiError } from '../../errors.ts'
import { startOperation } from '../../operations/operation-store.ts'
import { catalogueOf } from '../../pipeline/condition-catalogue.ts'
import { findWritePolicy } from '../../pipeline/custom-fields.ts'
import { findMissingKeys } from '../../pipeline/names/find-missing-keys.ts'
import { RESCORE } from '../../pipeline/score/rescore-leads.ts'
import { policyEndpoints } from '../../policies/endpoints/policy-endpoints.ts'
import { countOtherModels } from './score-model-queries.ts'
import { type ScoreModelUpdate, toScoreModel } from './score-model-schemas.ts'

export const scoreModels = policyEndpoints<ScoreModel, Static<typeof ScoreModelUpdate>>({
  kind: 'score_model',
  noun: 'score model',
  path: '/score-models',
  parameter: 'model_key',
  scopes: { read: 'scoring:read', write: 'scoring:write' },
  toDefinition: toScoreModel,
  findFaults: async (tx, model, key) => {
    // Each one scores every lead at every change.
    if ((await countOtherModels(tx, key)) >= SCORE_LIMITS.models) {
      throw new ApiError('conflict', `A workspace has at most ${SCORE_LIMITS.models} score models.`)
    }
    const catalogue = catalogueOf(tx.workspaceId, await findWritePolicy(tx, tx.workspaceId))
    return findScoreModelFaults(model, catalogue).map((fault) => ({ ...fault, parameter: null }))
  },
  findMissing: findMissingKeys,
  onRetire: async (ctx, tx, { actor }, key) => {
    await startOperation(tx, { kind: RESCORE, input: { model_key: key }, actor, resource_id: key }, ctx.now())
  },
})
