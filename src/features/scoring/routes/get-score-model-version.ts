import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { VersionParameter } from '../../../policies/endpoints/policy-schemas.ts'
import { scoreModels } from '../score-model-policy.ts'
import { ModelKey, Version } from '../score-model-schemas.ts'

export const getScoreModelVersion = defineRoute({
  method: 'GET',
  url: '/score-models/:model_key/versions/:version',
  operationId: 'getScoreModelVersion',
  summary: 'Read one version of a score model',
  description: 'The model exactly as it was under this version number.',
  access: scoreModels.reads,
  params: Type.Object({ model_key: ModelKey, version: VersionParameter }),
  responses: { 200: { description: 'The version.', schema: ref(Version) } },
  problems: [404],
  handle: scoreModels.getVersion,
})
