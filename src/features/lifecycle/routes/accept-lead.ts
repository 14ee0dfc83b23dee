import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { LeadAcceptance, StageMoved } from '../stage-schemas.ts'
import { judgeBySales } from '../stage-service.ts'

export const acceptLead = defineRoute({
  method: 'POST',
  url: '/leads/:lead_id/accept',
  operationId: 'acceptLead',
  summary: 'Accept a lead for sales',
  description:
    'Moves the lead to the stage of acceptance of the lifecycle (`accept_stage`). 422 names what stands in the way.',
  access: {
    auth: 'secret',
    scope: 'leads:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  body: ref(LeadAcceptance),
  responses: { 200: { description: 'What became of the lead.', schema: ref(StageMoved) } },
  problems: [404, 422],
  handle: async (ctx, { caller, params, body }) => {
    const moved = await judgeBySales(ctx, caller, requireId('lead', params.lead_id), {
      kind: 'accept',
      reason: null,
      stage_key: null,
      note: body.note ?? null,
      wake_at: null,
    })
    return ok({ lead_id: params.lead_id, ...moved })
  },
})
