import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { PolicyKey } from '../../../policies/endpoints/policy-schemas.ts'
import { slaPolicies } from '../sla-policies.ts'
import { SlaPolicySchemas } from '../sla-schemas.ts'

export const getSlaPolicy = defineRoute({
  method: 'GET',
  url: '/settings/sla/:sla_key',
  operationId: 'getSlaPolicy',
  summary: 'Read a service level',
  description: 'What is promised now, and the draft of what comes next.',
  access: slaPolicies.reads,
  params: Type.Object({ sla_key: PolicyKey('service level', 'hot-leads') }),
  responses: { 200: { description: 'The service level.', schema: ref(SlaPolicySchemas.Policy) } },
  problems: [404],
  handle: slaPolicies.get,
})
