import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { routing, withRoutingKey } from '../routing-policy.ts'
import { RoutingSchemas } from '../routing-schemas.ts'

export const getRouting = defineRoute({
  method: 'GET',
  url: '/settings/routing',
  operationId: 'getRouting',
  summary: 'Read the routing policy',
  description: 'The rules that are followed, and the draft of what comes next. 404 while nobody has written any.',
  access: routing.reads,
  responses: { 200: { description: 'The policy.', schema: ref(RoutingSchemas.Policy) } },
  problems: [404],
  handle: (ctx, call) => routing.get(ctx, withRoutingKey(call)),
})
