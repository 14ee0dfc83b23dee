import { AsyncOperation, accepted } from '../../../http/operation-schemas.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { RoutingReplayInput } from '../rehearsal-schemas.ts'
import { startReplay } from '../rehearsal-service.ts'

export const replayRouting = defineRoute({
  method: 'POST',
  url: '/routing/replays',
  operationId: 'replayRouting',
  summary: 'Replay past arrivals',
  description:
    'Sends the arrivals of past days through a version of the rules, with the people, capacities, hours and turns of those days. ' +
    'Conditions see the leads as they are now. Answers with an operation; its `resource_id` is the replay to read. The same log and ' +
    'versions give the same owners.',
  access: {
    auth: 'secret',
    scope: 'routing:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'export',
    pii_out: false,
  },
  body: ref(RoutingReplayInput),
  responses: { 202: { description: 'Queued.', schema: ref(AsyncOperation) } },
  problems: [422],
  handle: async (ctx, { caller, body: { days, uses } }) => accepted(await startReplay(ctx, caller, { days, uses })),
})
