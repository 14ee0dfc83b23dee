import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { segmentPolicies } from '../segment-endpoints.ts'
import { segmentSchemas } from '../segment-schemas.ts'

export const listSegments = defineRoute({
  method: 'GET',
  url: '/segments',
  operationId: 'listSegments',
  summary: 'List segments',
  description: 'Segments that are followed or being drafted, in the order of their keys.',
  access: segmentPolicies.reads,
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of segments.', schema: ref(segmentSchemas.Page) } },
  handle: segmentPolicies.list,
})
