import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { query, ref } from '../../../http/schema.ts'
import { DiffParameters, PolicyDiff } from '../../../policies/endpoints/policy-schemas.ts'
import { sequenceRules } from '../sequence-rules.ts'
import { SequenceKey } from '../sequence-schemas.ts'

export const diffSequence = defineRoute({
  method: 'GET',
  url: '/sequences/:sequence_key/diff',
  operationId: 'diffSequence',
  summary: 'Compare versions of a sequence',
  description: 'What the draft would change, or what changed between two versions.',
  access: sequenceRules.reads,
  params: Type.Object({ sequence_key: SequenceKey }),
  query: query(DiffParameters),
  responses: { 200: { description: 'The differences.', schema: ref(PolicyDiff) } },
  problems: [404],
  handle: sequenceRules.diff,
})
