import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { query, ref } from '../../../http/schema.ts'
import { DiffParameters, PolicyDiff } from '../../../policies/endpoints/policy-schemas.ts'
import { segmentPolicies } from '../segment-endpoints.ts'
import { SegmentKey } from '../segment-schemas.ts'

export const diffSegment = defineRoute({
  method: 'GET',
  url: '/segments/:segment_key/diff',
  operationId: 'diffSegment',
  summary: 'Compare versions of a segment',
  description:
    'What differs between two versions, place by place; between the published version and the draft when nothing is said.',
  access: segmentPolicies.reads,
  params: Type.Object({ segment_key: SegmentKey }),
  query: query(DiffParameters),
  responses: { 200: { description: 'The differences.', schema: ref(PolicyDiff) } },
  problems: [404],
  handle: segmentPolicies.diff,
})
