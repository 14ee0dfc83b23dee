import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { sequenceRules } from '../sequence-rules.ts'
import { SequenceKey, sequenceSchemas } from '../sequence-schemas.ts'

export const listSequenceVersions = defineRoute({
  method: 'GET',
  url: '/sequences/:sequence_key/versions',
  operationId: 'listSequenceVersions',
  summary: 'List versions of a sequence',
  description: 'All versions, newest first; a published one never changes.',
  access: sequenceRules.reads,
  params: Type.Object({ sequence_key: SequenceKey }),
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of versions.', schema: ref(sequenceSchemas.VersionPage) } },
  problems: [404],
  handle: sequenceRules.listVersions,
})
