import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { scoreModels } from '../score-model-policy.ts'
import { ModelKey, Policy } from '../score-model-schemas.ts'

export const getScoreModel = defineRoute({
  method: 'GET',
  url: '/score-models/:model_key',
  operationId: 'getScoreModel',
  summary: 'Read a score model',
  description: 'The version that is followed and the draft of the next. Leads show the score of the model `default`.',
  access: scoreModels.reads,
  params: Type.Object({ model_key: ModelKey }),
  responses: { 200: { description: 'The score model.', schema: ref(Policy) } },
  problems: [404],
  handle: scoreModels.get,
})
