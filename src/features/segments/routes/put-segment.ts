import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { segmentPolicies } from '../segment-endpoints.ts'
import { SegmentKey, SegmentUpdate, segmentSchemas } from '../segment-schemas.ts'

export const putSegment = defineRoute({
  method: 'PUT',
  url: '/segments/:segment_key',
  operationId: 'putSegment',
  summary: 'Write the draft of a segment',
  description:
    'Makes the segment when it is new (201), else needs `If-Match` (428 without it, 412 when it has changed). ' +
    'Nobody enters or leaves until the draft is published: then what it names must be there, so that drafts can be prepared in any order.',
  access: segmentPolicies.writes,
  params: Type.Object({ segment_key: SegmentKey }),
  body: ref(SegmentUpdate),
  responses: {
    200: { description: 'The segment with its draft.', schema: ref(segmentSchemas.Policy) },
    201: { description: 'The new segment.', schema: ref(segmentSchemas.Policy) },
  },
  problems: [412, 428],
  handle: segmentPolicies.put,
})
