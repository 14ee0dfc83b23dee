import { Type } from 'typebox'
import type { Condition } from '../../../domain/condition/condition-shape.ts'
import { AsyncOperation, accepted } from '../../../http/operation-schemas.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { scoreModels } from '../score-model-policy.ts'
import { ModelKey, ScoreSimulationRequest } from '../score-model-schemas.ts'
import { simulateScoreModel as simulate } from '../score-model-service.ts'

export const simulateScoreModel = defineRoute({
  method: 'POST',
  url: '/score-models/:model_key/simulations',
  operationId: 'simulateScoreModel',
  summary: 'Try the draft of a score model',
  description:
    'Scores all leads, or those of a filter, by the draft and by what is followed, and changes nothing: an operation whose `result` ' +
    'tells how many change, the distribution of totals and grades before and after, who moves between which bands (counts and some ' +
    'of them), and who moves most. 409 without a draft.',
  access: { ...scoreModels.reads, idempotent: true },
  params: Type.Object({ model_key: ModelKey }),
  body: ref(ScoreSimulationRequest),
  responses: { 202: { description: 'The operation.', schema: ref(AsyncOperation) } },
  problems: [404, 409],
  handle: async (ctx, { caller, params, body }) => {
    // The validator of conditions has the last word on its shape.
    const filter = (body.filter ?? null) as Condition | null
    return accepted(await simulate(ctx, caller, params.model_key, filter))
  },
})
