import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { toConditionExplanation } from '../../../http/condition-explanation.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { LeadLifecycle } from '../stage-schemas.ts'
import { describeStage } from '../stage-service.ts'

export const getLeadLifecycle = defineRoute({
  method: 'GET',
  url: '/leads/:lead_id/lifecycle',
  operationId: 'getLeadLifecycle',
  summary: 'Ask where a lead stands and where it can go',
  description:
    'Its stage, since when, and every transition on from there with everything that stands in its way: the obstacles, ' +
    'and each term of the gate with the value that it sees now.',
  access: {
    auth: 'secret',
    scope: 'leads:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  responses: { 200: { description: 'Stage and ways on.', schema: ref(LeadLifecycle) } },
  problems: [404],
  volatile: true,
  handle: async (ctx, { caller, params }) => {
    const { lead, stay, policy, ways, next } = await describeStage(
      ctx,
      caller.workspaceId,
      requireId('lead', params.lead_id),
    )
    return ok({
      lead_id: params.lead_id,
      stage_key: lead.stage_key,
      entered_at: stay.entered_at ?? lead.created_at,
      reason: stay.reason,
      wake_at: stay.wake_at,
      policy,
      transitions: ways.map(({ transition: { key, to, by, reason_required }, obstacles, gate }) => ({
        ...{ transition: key, to, by, reason_required, open: obstacles.length === 0, obstacles },
        gate: toConditionExplanation(gate),
      })),
      next_change_at: next === null ? null : new Date(next).toISOString(),
    })
  },
})
