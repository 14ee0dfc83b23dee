import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { VersionParameter } from '../../../policies/endpoints/policy-schemas.ts'
import { segmentPolicies } from '../segment-endpoints.ts'
import { SegmentKey, segmentSchemas } from '../segment-schemas.ts'

export const getSegmentVersion = defineRoute({
  method: 'GET',
  url: '/segments/:segment_key/versions/:version',
  operationId: 'getSegmentVersion',
  summary: 'Read a version of a segment',
  description: 'A published version never changes; receipts name it.',
  access: segmentPolicies.reads,
  params: Type.Object({ segment_key: SegmentKey, version: VersionParameter }),
  responses: { 200: { description: 'The version.', schema: ref(segmentSchemas.Version) } },
  problems: [404],
  handle: segmentPolicies.getVersion,
})
