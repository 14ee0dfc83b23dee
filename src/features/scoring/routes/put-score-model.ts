import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { scoreModels } from '../score-model-policy.ts'
import { ModelKey, Policy, ScoreModelUpdate } from '../score-model-schemas.ts'

export const putScoreModel = defineRoute({
  method: 'PUT',
  url: '/score-models/:model_key',
  operationId: 'putScoreModel',
  summary: 'Write the draft of a score model',
  description:
    'Writes the draft; nobody is scored by it until it is published. An existing model needs `If-Match` with the ETag that you read ' +
    '(428 without it, 412 when it has changed); `If-None-Match: *` only creates. The same definition again changes nothing.',
  access: scoreModels.writes,
  params: Type.Object({ model_key: ModelKey }),
  body: ref(ScoreModelUpdate),
  responses: {
    200: { description: 'The model with its draft.', schema: ref(Policy) },
    201: { description: 'The new model with its draft.', schema: ref(Policy) },
  },
  problems: [409, 412, 428],
  handle: scoreModels.put,
})
