import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { scoreModels } from '../score-model-policy.ts'
import { ModelKey, VersionPage } from '../score-model-schemas.ts'

export const listScoreModelVersions = defineRoute({
  method: 'GET',
  url: '/score-models/:model_key/versions',
  operationId: 'listScoreModelVersions',
  summary: 'List the versions of a score model',
  description: 'Every version that was ever published, and the draft, newest first, with who wrote and published each.',
  access: scoreModels.reads,
  params: Type.Object({ model_key: ModelKey }),
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of versions.', schema: ref(VersionPage) } },
  problems: [404],
  handle: scoreModels.listVersions,
})
