import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { PolicyKey, VersionParameter } from '../../../policies/endpoints/policy-schemas.ts'
import { slaPolicies } from '../sla-policies.ts'
import { SlaPolicySchemas } from '../sla-schemas.ts'

export const getSlaPolicyVersion = defineRoute({
  method: 'GET',
  url: '/settings/sla/:sla_key/versions/:version',
  operationId: 'getSlaPolicyVersion',
  summary: 'Read a version of a service level',
  description: 'One version; assignments name the one that they are under.',
  access: slaPolicies.reads,
  params: Type.Object({ sla_key: PolicyKey('service level', 'hot-leads'), version: VersionParameter }),
  responses: { 200: { description: 'The version.', schema: ref(SlaPolicySchemas.Version) } },
  problems: [404],
  handle: slaPolicies.getVersion,
})
