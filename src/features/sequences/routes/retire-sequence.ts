import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { sequenceRules } from '../sequence-rules.ts'
import { SequenceKey } from '../sequence-schemas.ts'

export const retireSequence = defineRoute({
  method: 'DELETE',
  url: '/sequences/:sequence_key',
  operationId: 'retireSequence',
  summary: 'Retire a sequence',
  description:
    'Nobody enters any more, and whoever is inside is ended as `retired`; mail that has not left is canceled. Versions and figures stay.',
  access: sequenceRules.writes,
  params: Type.Object({ sequence_key: SequenceKey }),
  responses: { 204: { description: 'It is out of use.', schema: null } },
  problems: [404, 412],
  handle: sequenceRules.retire,
})
