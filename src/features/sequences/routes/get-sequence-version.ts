import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { VersionParameter } from '../../../policies/endpoints/policy-schemas.ts'
import { sequenceRules } from '../sequence-rules.ts'
import { SequenceKey, sequenceSchemas } from '../sequence-schemas.ts'

export const getSequenceVersion = defineRoute({
  method: 'GET',
  url: '/sequences/:sequence_key/versions/:version',
  operationId: 'getSequenceVersion',
  summary: 'Read a version of a sequence',
  description: 'The steps as an enrollment on this version takes them.',
  access: sequenceRules.reads,
  params: Type.Object({ sequence_key: SequenceKey, version: VersionParameter }),
  responses: { 200: { description: 'The version.', schema: ref(sequenceSchemas.Version) } },
  problems: [404],
  handle: sequenceRules.getVersion,
})
