import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { segmentPolicies } from '../segment-endpoints.ts'
import { SegmentKey, segmentSchemas } from '../segment-schemas.ts'

export const listSegmentVersions = defineRoute({
  method: 'GET',
  url: '/segments/:segment_key/versions',
  operationId: 'listSegmentVersions',
  summary: 'List the versions of a segment',
  description: 'Every version that was ever published, and the draft; newest first.',
  access: segmentPolicies.reads,
  params: Type.Object({ segment_key: SegmentKey }),
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of versions.', schema: ref(segmentSchemas.VersionPage) } },
  problems: [404],
  handle: segmentPolicies.listVersions,
})
