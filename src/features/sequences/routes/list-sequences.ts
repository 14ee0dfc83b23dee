import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { sequenceRules } from '../sequence-rules.ts'
import { sequenceSchemas } from '../sequence-schemas.ts'

export const listSequences = defineRoute({
  method: 'GET',
  url: '/sequences',
  operationId: 'listSequences',
  summary: 'List sequences',
  description:
    'Sequences with their published version and their draft, by key. Retired ones without a draft are history.',
  access: sequenceRules.reads,
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of sequences.', schema: ref(sequenceSchemas.Page) } },
  handle: sequenceRules.list,
})
