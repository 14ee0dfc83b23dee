import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { toConditionExplanation } from '../../../http/condition-explanation.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { SegmentExplanation, SegmentKey } from '../segment-schemas.ts'
import { explainMembership } from '../segment-service.ts'

export const explainSegmentMember = defineRoute({
  method: 'GET',
  url: '/segments/:segment_key/members/:lead_id',
  operationId: 'explainSegmentMember',
  summary: 'Explain why a lead is in a segment or not',
  description: 'Whether it is a member, since when, and the condition term by term with the values that it sees now.',
  access: {
    auth: 'secret',
    scope: 'segments:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ segment_key: SegmentKey, lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  responses: { 200: { description: 'Why.', schema: ref(SegmentExplanation) } },
  problems: [404],
  volatile: true,
  handle: async (ctx, { caller, params: { segment_key, lead_id } }) => {
    const leadId = requireId('lead', lead_id)
    const { entered_at, explanation, ...more } = await explainMembership(ctx, caller.workspaceId, segment_key, leadId)
    const condition = explanation === null ? null : toConditionExplanation(explanation)
    return ok({ segment_key, lead_id, member: entered_at !== null, entered_at, ...more, condition })
  },
})
