import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { ConditionExplanationSchema, toConditionExplanation } from '../../../http/condition-explanation.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { LeadExplanationRequest } from '../stage-schemas.ts'
import { explainLead as explain } from '../stage-service.ts'

export const explainLead = defineRoute({
  method: 'POST',
  url: '/leads/:lead_id/explain',
  operationId: 'explainLead',
  summary: 'Explain a condition on one lead',
  description: 'Whether any condition holds for this lead now: the verdict of every term with the value that it saw.',
  access: {
    auth: 'secret',
    scope: 'leads:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  body: ref(LeadExplanationRequest),
  responses: { 200: { description: 'The verdict.', schema: ref(ConditionExplanationSchema) } },
  problems: [404],
  volatile: true,
  handle: async (ctx, { caller, params, body }) =>
    ok(toConditionExplanation(await explain(ctx, caller.workspaceId, requireId('lead', params.lead_id), body.filter))),
})
