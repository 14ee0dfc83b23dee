import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { query, ref } from '../../../http/schema.ts'
import { DiffParameters, PolicyDiff, PolicyKey } from '../../../policies/endpoints/policy-schemas.ts'
import { slaPolicies } from '../sla-policies.ts'

export const diffSlaPolicy = defineRoute({
  method: 'GET',
  url: '/settings/sla/:sla_key/diff',
  operationId: 'diffSlaPolicy',
  summary: 'Compare versions of a service level',
  description: 'What differs between two versions; without parameters what publishing the draft would change.',
  access: slaPolicies.reads,
  params: Type.Object({ sla_key: PolicyKey('service level', 'hot-leads') }),
  query: query(DiffParameters),
  responses: { 200: { description: 'The differences.', schema: ref(PolicyDiff) } },
  problems: [404],
  handle: slaPolicies.diff,
})
