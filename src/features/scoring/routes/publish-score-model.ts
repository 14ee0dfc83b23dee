import { Type } from 'typebox'
import { expectedVersion } from '../../../http/etag.ts'
import { AsyncOperation, accepted } from '../../../http/operation-schemas.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { scoreModels } from '../score-model-policy.ts'
import { ModelKey } from '../score-model-schemas.ts'
import { publishScoreModel as publish } from '../score-model-service.ts'

export const publishScoreModel = defineRoute({
  method: 'POST',
  url: '/score-models/:model_key/publish',
  operationId: 'publishScoreModel',
  summary: 'Publish the draft of a score model',
  description:
    'Freezes the draft as the version that is followed from now on, and scores all leads anew: an operation with progress. ' +
    'Scores that a person has set stay. 409 without a draft; 422 when a condition names what is not there: a field, a segment, a stage.',
  access: scoreModels.acts,
  params: Type.Object({ model_key: ModelKey }),
  responses: { 202: { description: 'The operation that scores all leads anew.', schema: ref(AsyncOperation) } },
  problems: [404, 409, 412, 422],
  handle: async (ctx, { caller, params, request }) =>
    accepted(await publish(ctx, caller, params.model_key, expectedVersion(request))),
})
