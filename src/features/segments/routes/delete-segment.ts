import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { segmentPolicies } from '../segment-endpoints.ts'
import { SegmentKey } from '../segment-schemas.ts'

export const deleteSegment = defineRoute({
  method: 'DELETE',
  url: '/segments/:segment_key',
  operationId: 'deleteSegment',
  summary: 'Take a segment out of use',
  description:
    'It is followed no longer, its members leave (the operation `segment_evaluation`), its versions and past memberships stay. ' +
    '409 `in_use` while a published policy, a territory, a buyer or a webhook endpoint names it; `errors` says which.',
  access: segmentPolicies.writes,
  params: Type.Object({ segment_key: SegmentKey }),
  responses: { 204: { description: 'It is out of use.', schema: null } },
  problems: [404, 409, 412],
  handle: segmentPolicies.retire,
})
