import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { routing, withRoutingKey } from '../routing-policy.ts'
import { RoutingSchemas } from '../routing-schemas.ts'

export const listRoutingVersions = defineRoute({
  method: 'GET',
  url: '/settings/routing/versions',
  operationId: 'listRoutingVersions',
  summary: 'List versions of the routing policy',
  description: 'All versions, newest first; a published one never changes.',
  access: routing.reads,
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of versions.', schema: ref(RoutingSchemas.VersionPage) } },
  problems: [404],
  handle: (ctx, call) => routing.listVersions(ctx, withRoutingKey(call)),
})
