import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { routing, withRoutingKey } from '../routing-policy.ts'
import { RoutingInput, RoutingSchemas } from '../routing-schemas.ts'

export const putRouting = defineRoute({
  method: 'PUT',
  url: '/settings/routing',
  operationId: 'putRouting',
  summary: 'Write the draft of the routing policy',
  description:
    'Rules in order: the first whose condition holds decides, what no rule takes goes to the default target. Nothing is routed by it ' +
    'until it is published. Users, pools and fields that it names must be there.',
  access: routing.writes,
  body: ref(RoutingInput),
  responses: {
    200: { description: 'The policy with its new draft.', schema: ref(RoutingSchemas.Policy) },
    201: { description: 'The first draft.', schema: ref(RoutingSchemas.Policy) },
  },
  problems: [412, 428],
  handle: (ctx, call) => routing.put(ctx, withRoutingKey(call)),
})
