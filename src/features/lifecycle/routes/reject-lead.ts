import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { LeadRejection, StageMoved } from '../stage-schemas.ts'
import { judgeBySales } from '../stage-service.ts'

export const rejectLead = defineRoute({
  method: 'POST',
  url: '/leads/:lead_id/reject',
  operationId: 'rejectLead',
  summary: 'Reject a lead',
  description:
    'Sales does not take it, with the reason: it goes where the reason leads, and comes back when the reason or `wake_at` says so. ' +
    'Rejections stand in the stage history by reason.',
  access: {
    auth: 'secret',
    scope: 'leads:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  body: ref(LeadRejection),
  responses: { 200: { description: 'What became of the lead.', schema: ref(StageMoved) } },
  problems: [404, 422],
  handle: async (ctx, { caller, params, body }) => {
    const moved = await judgeBySales(ctx, caller, requireId('lead', params.lead_id), {
      kind: 'reject',
      reason: body.reason,
      stage_key: body.stage_key ?? null,
      note: body.note ?? null,
      wake_at: body.wake_at ?? null,
    })
    return ok({ lead_id: params.lead_id, ...moved })
  },
})
