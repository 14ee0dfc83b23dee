import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { segmentPolicies } from '../segment-endpoints.ts'
import { SegmentKey, segmentSchemas } from '../segment-schemas.ts'

export const publishSegment = defineRoute({
  method: 'POST',
  url: '/segments/:segment_key/publish',
  operationId: 'publishSegment',
  summary: 'Publish the draft of a segment',
  description:
    'The draft is frozen and followed from now on; all leads are evaluated by the operation `segment_evaluation`, and ' +
    'whoever enters or leaves is told as `segment.entered` and `segment.left`. 409 without a draft; 422 when the condition names what is not there: a field, a segment, a stage, a seller.',
  access: segmentPolicies.acts,
  params: Type.Object({ segment_key: SegmentKey }),
  responses: { 200: { description: 'The segment.', schema: ref(segmentSchemas.Policy) } },
  problems: [404, 409, 412, 422],
  handle: segmentPolicies.publish,
})
