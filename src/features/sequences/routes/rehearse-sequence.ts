import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { OUTREACH_READ } from '../access.ts'
import { Rehearsal, RehearsalRequest } from '../rehearsal-schemas.ts'
import { rehearse } from '../rehearsal-service.ts'
import { SequenceKey } from '../sequence-schemas.ts'

export const rehearseSequence = defineRoute({
  method: 'POST',
  url: '/sequences/:sequence_key/rehearsals',
  operationId: 'rehearseSequence',
  summary: 'Walk a lead through a sequence in advance',
  description:
    'What would happen to a lead from now on, by the same decisions and a clock that jumps from step to step. Nothing is changed or ' +
    'sent. Conditions behind a step see what it would change of the lead; scores and segments stay as they are now.',
  access: OUTREACH_READ,
  params: Type.Object({ sequence_key: SequenceKey }),
  body: ref(RehearsalRequest),
  responses: { 200: { description: 'The walk.', schema: ref(Rehearsal) } },
  problems: [404],
  handle: async (ctx, { caller, params, body }) =>
    ok(await rehearse(ctx, caller.workspaceId, params.sequence_key, body)),
})
