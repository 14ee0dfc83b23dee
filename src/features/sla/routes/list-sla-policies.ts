import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { slaPolicies } from '../sla-policies.ts'
import { SlaPolicySchemas } from '../sla-schemas.ts'

export const listSlaPolicies = defineRoute({
  method: 'GET',
  url: '/settings/sla',
  operationId: 'listSlaPolicies',
  summary: 'List the service levels',
  description: 'All service levels in the order of their keys, each with what is followed now and its draft.',
  access: slaPolicies.reads,
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of service levels.', schema: ref(SlaPolicySchemas.Page) } },
  handle: slaPolicies.list,
})
