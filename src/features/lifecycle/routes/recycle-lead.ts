import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { LeadRecycling, StageMoved } from '../stage-schemas.ts'
import { judgeBySales } from '../stage-service.ts'

export const recycleLead = defineRoute({
  method: 'POST',
  url: '/leads/:lead_id/recycle',
  operationId: 'recycleLead',
  summary: 'Recycle a lead',
  description:
    'Back to nurture, with the reason and the moment at which it wakes up. A lead that is recycled already is put off to ' +
    'another `wake_at`; without one it stays as it is.',
  access: {
    auth: 'secret',
    scope: 'leads:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  body: ref(LeadRecycling),
  responses: { 200: { description: 'What became of the lead.', schema: ref(StageMoved) } },
  problems: [404, 422],
  handle: async (ctx, { caller, params, body }) => {
    const moved = await judgeBySales(ctx, caller, requireId('lead', params.lead_id), {
      kind: 'recycle',
      reason: body.reason,
      stage_key: null,
      note: body.note ?? null,
      wake_at: body.wake_at ?? null,
    })
    return ok({ lead_id: params.lead_id, ...moved })
  },
})
