import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { PolicyKey } from '../../../policies/endpoints/policy-schemas.ts'
import { slaPolicies } from '../sla-policies.ts'
import { SlaPolicyInput, SlaPolicySchemas } from '../sla-schemas.ts'

export const putSlaPolicy = defineRoute({
  method: 'PUT',
  url: '/settings/sla/:sla_key',
  operationId: 'putSlaPolicy',
  summary: 'Write the draft of a service level',
  description:
    'Nothing is promised by a draft: publish it. An existing one needs `If-Match` with the ETag that you read (428 without it, 412 when it has ' +
    'changed); `If-None-Match: *` only creates. Assignments keep the version under which they began.',
  access: slaPolicies.writes,
  params: Type.Object({ sla_key: PolicyKey('service level', 'hot-leads') }),
  body: ref(SlaPolicyInput),
  responses: {
    200: { description: 'The service level with its new draft.', schema: ref(SlaPolicySchemas.Policy) },
    201: { description: 'The new service level.', schema: ref(SlaPolicySchemas.Policy) },
  },
  problems: [412, 428],
  handle: slaPolicies.put,
})
