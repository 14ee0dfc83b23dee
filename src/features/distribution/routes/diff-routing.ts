import { defineRoute } from '../../../http/route.ts'
import { query, ref } from '../../../http/schema.ts'
import { DiffParameters, PolicyDiff } from '../../../policies/endpoints/policy-schemas.ts'
import { routing, withRoutingKey } from '../routing-policy.ts'

export const diffRouting = defineRoute({
  method: 'GET',
  url: '/settings/routing/diff',
  operationId: 'diffRouting',
  summary: 'Compare versions of the routing policy',
  description: 'What the draft would change, or what changed between two versions.',
  access: routing.reads,
  query: query(DiffParameters),
  responses: { 200: { description: 'The differences.', schema: ref(PolicyDiff) } },
  problems: [404],
  handle: (ctx, call) => routing.diff(ctx, withRoutingKey(call)),
})
