import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { OUTREACH_READ } from '../access.ts'
import { SequenceKey } from '../sequence-schemas.ts'
import { SequenceStats } from '../stats-schemas.ts'
import { readStats } from '../stats-service.ts'

export const getSequenceStats = defineRoute({
  method: 'GET',
  url: '/sequences/:sequence_key/stats',
  operationId: 'getSequenceStats',
  summary: 'Read the figures of a sequence',
  description:
    'What every step did, who is inside, how it ended, and what it brought against those held out. Counted at once.',
  access: OUTREACH_READ,
  params: Type.Object({ sequence_key: SequenceKey }),
  responses: { 200: { description: 'The figures.', schema: ref(SequenceStats) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => ok(await readStats(ctx, caller.workspaceId, params.sequence_key)),
})
