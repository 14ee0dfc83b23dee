import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { scoreModels } from '../score-model-policy.ts'
import { ModelKey } from '../score-model-schemas.ts'

export const retireScoreModel = defineRoute({
  method: 'DELETE',
  url: '/score-models/:model_key',
  operationId: 'retireScoreModel',
  summary: 'Take a score model out of use',
  description:
    'Nobody is scored by it any more, and its present scores go (the operation `score_rescore`), so that no condition goes on with a score ' +
    'that does not age. Its versions, the history of scores and what persons have set stay; a later draft can be published under the same key.',
  access: scoreModels.writes,
  params: Type.Object({ model_key: ModelKey }),
  responses: { 204: { description: 'It is out of use.', schema: null } },
  problems: [404, 412],
  handle: scoreModels.retire,
})
