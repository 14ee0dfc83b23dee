import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { PolicyKey } from '../../../policies/endpoints/policy-schemas.ts'
import { slaPolicies } from '../sla-policies.ts'
import { SlaPolicySchemas } from '../sla-schemas.ts'

export const listSlaPolicyVersions = defineRoute({
  method: 'GET',
  url: '/settings/sla/:sla_key/versions',
  operationId: 'listSlaPolicyVersions',
  summary: 'List the versions of a service level',
  description: 'Every version that was ever published, and the draft; newest first.',
  access: slaPolicies.reads,
  params: Type.Object({ sla_key: PolicyKey('service level', 'hot-leads') }),
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of versions.', schema: ref(SlaPolicySchemas.VersionPage) } },
  problems: [404],
  handle: slaPolicies.listVersions,
})
