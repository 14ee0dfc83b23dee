import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { segmentPolicies } from '../segment-endpoints.ts'
import { SegmentKey, segmentSchemas } from '../segment-schemas.ts'

export const getSegment = defineRoute({
  method: 'GET',
  url: '/segments/:segment_key',
  operationId: 'getSegment',
  summary: 'Read a segment',
  description: 'The published version, which is followed, and the draft.',
  access: segmentPolicies.reads,
  params: Type.Object({ segment_key: SegmentKey }),
  responses: { 200: { description: 'The segment.', schema: ref(segmentSchemas.Policy) } },
  problems: [404],
  handle: segmentPolicies.get,
})
