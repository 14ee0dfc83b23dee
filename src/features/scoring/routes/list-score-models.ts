import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { scoreModels } from '../score-model-policy.ts'
import { Page } from '../score-model-schemas.ts'

export const listScoreModels = defineRoute({
  method: 'GET',
  url: '/score-models',
  operationId: 'listScoreModels',
  summary: 'List score models',
  description: 'Score models in the order of their keys, each with what is followed now and its draft.',
  access: scoreModels.reads,
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of score models.', schema: ref(Page) } },
  handle: scoreModels.list,
})
