import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { PolicyKey } from '../../../policies/endpoints/policy-schemas.ts'
import { slaPolicies } from '../sla-policies.ts'
import { SlaPolicySchemas } from '../sla-schemas.ts'

export const publishSlaPolicy = defineRoute({
  method: 'POST',
  url: '/settings/sla/:sla_key/publish',
  operationId: 'publishSlaPolicy',
  summary: 'Publish the draft of a service level',
  description:
    'From now on new assignments are under it. The version before is retired; `If-Match` is optional. ' +
    '422 when the condition names what is not there.',
  access: slaPolicies.acts,
  params: Type.Object({ sla_key: PolicyKey('service level', 'hot-leads') }),
  responses: { 200: { description: 'The service level as it is followed now.', schema: ref(SlaPolicySchemas.Policy) } },
  problems: [404, 409, 412, 422],
  handle: slaPolicies.publish,
})
