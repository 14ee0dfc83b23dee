import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { PolicyKey } from '../../../policies/endpoints/policy-schemas.ts'
import { slaPolicies } from '../sla-policies.ts'

export const retireSlaPolicy = defineRoute({
  method: 'DELETE',
  url: '/settings/sla/:sla_key',
  operationId: 'retireSlaPolicy',
  summary: 'Take a service level out of use',
  description: 'New assignments are not under it any more; those that are keep it, and its versions stay readable.',
  access: slaPolicies.writes,
  params: Type.Object({ sla_key: PolicyKey('service level', 'hot-leads') }),
  responses: { 204: { description: 'It is out of use.', schema: null } },
  problems: [404, 412],
  handle: slaPolicies.retire,
})
