import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { routing, withRoutingKey } from '../routing-policy.ts'
import { RoutingSchemas } from '../routing-schemas.ts'

export const publishRouting = defineRoute({
  method: 'POST',
  url: '/settings/routing/publish',
  operationId: 'publishRouting',
  summary: 'Publish the draft of the routing policy',
  description:
    'Freezes the draft; every decision from now on follows it. Leads that nobody could take are tried again by it, owners stay. ' +
    '422 when a rule names what is not there: a field, a territory, a segment, a seller.',
  access: routing.acts,
  responses: { 200: { description: 'The policy as it is now.', schema: ref(RoutingSchemas.Policy) } },
  problems: [404, 409, 412, 422],
  handle: (ctx, call) => routing.publish(ctx, withRoutingKey(call)),
})
