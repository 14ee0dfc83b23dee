import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { sequenceRules } from '../sequence-rules.ts'
import { SequenceKey, sequenceSchemas } from '../sequence-schemas.ts'

export const getSequence = defineRoute({
  method: 'GET',
  url: '/sequences/:sequence_key',
  operationId: 'getSequence',
  summary: 'Read a sequence',
  description: 'What whoever enters now walks through, and the draft of what comes next.',
  access: sequenceRules.reads,
  params: Type.Object({ sequence_key: SequenceKey }),
  responses: { 200: { description: 'The sequence.', schema: ref(sequenceSchemas.Policy) } },
  problems: [404],
  handle: sequenceRules.get,
})
