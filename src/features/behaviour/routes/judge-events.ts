import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { EventVerdict, EventVerdictResult } from '../verdict-schemas.ts'
import { judgeEvents as judge } from '../verdict-service.ts'

export const judgeEvents = defineRoute({
  method: 'POST',
  url: '/events/judge',
  operationId: 'judgeEvents',
  summary: 'Change the verdict on events',
  description:
    'Says that a machine did these events, or that it was a person after all. They stay stored; counters, conditions, scores and the timeline follow. ' +
    'Up to 5,000 events are changed at once; repeat while `has_more`.',
  access: {
    auth: 'secret',
    scope: 'events:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  body: ref(EventVerdict),
  responses: { 200: { description: 'What was changed.', schema: ref(EventVerdictResult) } },
  handle: async (ctx, { caller, body }) => ok(await judge(ctx, caller, body)),
})
