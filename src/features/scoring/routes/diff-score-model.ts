import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { query, ref } from '../../../http/schema.ts'
import { DiffParameters, PolicyDiff } from '../../../policies/endpoints/policy-schemas.ts'
import { scoreModels } from '../score-model-policy.ts'
import { ModelKey } from '../score-model-schemas.ts'

export const diffScoreModel = defineRoute({
  method: 'GET',
  url: '/score-models/:model_key/diff',
  operationId: 'diffScoreModel',
  summary: 'Compare two versions of a score model',
  description: 'The places that differ, each with both values: by default what the draft changes.',
  access: scoreModels.reads,
  params: Type.Object({ model_key: ModelKey }),
  query: query(DiffParameters),
  responses: { 200: { description: 'What differs.', schema: ref(PolicyDiff) } },
  problems: [404],
  handle: scoreModels.diff,
})
