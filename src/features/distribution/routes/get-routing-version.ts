import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { VersionParameter } from '../../../policies/endpoints/policy-schemas.ts'
import { routing, withRoutingKey } from '../routing-policy.ts'
import { RoutingSchemas } from '../routing-schemas.ts'

export const getRoutingVersion = defineRoute({
  method: 'GET',
  url: '/settings/routing/versions/:version',
  operationId: 'getRoutingVersion',
  summary: 'Read a version of the routing policy',
  description: 'The rules as an assignment names them.',
  access: routing.reads,
  params: Type.Object({ version: VersionParameter }),
  responses: { 200: { description: 'The version.', schema: ref(RoutingSchemas.Version) } },
  problems: [404],
  handle: (ctx, call) => routing.getVersion(ctx, withRoutingKey(call)),
})
