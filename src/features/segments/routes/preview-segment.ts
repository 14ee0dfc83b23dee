import { Type } from 'typebox'
import { toShownLead } from '../../../domain/lead-wire.ts'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { toTotal } from '../../../http/total.ts'
import { SegmentKey, SegmentPreview, SegmentPreviewRequest } from '../segment-schemas.ts'
import { previewSegment as preview } from '../segment-service.ts'

export const previewSegment = defineRoute({
  method: 'POST',
  url: '/segments/:segment_key/preview',
  operationId: 'previewSegment',
  summary: 'Try the condition of a segment',
  description:
    'How many leads a condition would let in, and the newest of them; nobody enters. A given condition can be tried under any key, ' +
    'without one that of the draft.',
  access: {
    auth: 'secret',
    scope: 'segments:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'search',
    pii_out: true,
  },
  params: Type.Object({ segment_key: SegmentKey }),
  body: ref(SegmentPreviewRequest),
  responses: { 200: { description: 'Who would be in.', schema: ref(SegmentPreview) } },
  problems: [404, 422],
  handle: async (ctx, { caller, params, body }) => {
    const { count, leads } = await preview(ctx, caller.workspaceId, params.segment_key, body.condition ?? null)
    return ok({ matches: toTotal(count), sample: leads.map((lead) => toShownLead(lead)) })
  },
})
