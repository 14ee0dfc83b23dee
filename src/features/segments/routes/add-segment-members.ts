import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { segmentPolicies } from '../segment-endpoints.ts'
import { SegmentKey, SegmentMembersChange, SegmentMembersChanged } from '../segment-schemas.ts'
import { changeStaticMembers } from '../segment-service.ts'

export const addSegmentMembers = defineRoute({
  method: 'POST',
  url: '/segments/:segment_key/members/add',
  operationId: 'addSegmentMembers',
  summary: 'Put leads into a static segment',
  description: 'Up to 1,000 leads; those that are in already stay. 409 for a dynamic segment.',
  access: segmentPolicies.acts,
  params: Type.Object({ segment_key: SegmentKey }),
  body: ref(SegmentMembersChange),
  responses: { 200: { description: 'What became of the leads.', schema: ref(SegmentMembersChanged) } },
  problems: [404, 409],
  handle: async (ctx, { caller, params, body }) =>
    ok(await changeStaticMembers(ctx, caller, params.segment_key, body.lead_ids, 'enter')),
})
