import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { sequenceRules } from '../sequence-rules.ts'
import { SequenceKey, sequenceSchemas } from '../sequence-schemas.ts'

export const publishSequence = defineRoute({
  method: 'POST',
  url: '/sequences/:sequence_key/publish',
  operationId: 'publishSequence',
  summary: 'Publish the draft of a sequence',
  description:
    'Freezes the draft: whoever enters from now on walks through it. Whoever is inside stays on the version that it entered. ' +
    'With `includes_present` those enter too who are in its segment or stage, or meet its condition, already. ' +
    '422 when it names what is not there: a template, a field, a segment, a stage.',
  access: sequenceRules.acts,
  params: Type.Object({ sequence_key: SequenceKey }),
  responses: { 200: { description: 'The sequence as it is now.', schema: ref(sequenceSchemas.Policy) } },
  problems: [404, 409, 412, 422],
  handle: sequenceRules.publish,
})
