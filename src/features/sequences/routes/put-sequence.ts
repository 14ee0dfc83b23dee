import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { sequenceRules } from '../sequence-rules.ts'
import { SequenceKey, SequenceUpdate, sequenceSchemas } from '../sequence-schemas.ts'

export const putSequence = defineRoute({
  method: 'PUT',
  url: '/sequences/:sequence_key',
  operationId: 'putSequence',
  summary: 'Write the draft of a sequence',
  description:
    'The graph of steps and its rules. Nobody walks through it until it is published. Templates, senders, segments, stages, sequences, ' +
    'sellers and fields that it names must be there; a circle of steps needs a wait of at least an hour.',
  access: sequenceRules.writes,
  params: Type.Object({ sequence_key: SequenceKey }),
  body: ref(SequenceUpdate),
  responses: {
    200: { description: 'The sequence with its new draft.', schema: ref(sequenceSchemas.Policy) },
    201: { description: 'The new sequence.', schema: ref(sequenceSchemas.Policy) },
  },
  problems: [412, 428],
  handle: sequenceRules.put,
})
