import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { explainAssignment, toUnroutedLeads } from '../assignment-answer.ts'
import { listAssignments, listUnroutedLeads, NO_FILTER } from '../assignment-queries.ts'
import { LeadRouteInput, LeadRouteResult } from '../assignment-schemas.ts'
import { routeLead as route } from '../assignment-service.ts'

export const routeLead = defineRoute({
  method: 'POST',
  url: '/leads/:lead_id/route',
  operationId: 'routeLead',
  summary: 'Route a lead now',
  description:
    'Has the rules decide at once, also when the policy would not route it yet or somebody has it; or gives it to the seller whom you ' +
    'name, whatever rules and capacity say. The former assignment ends as `reassigned`.',
  access: {
    auth: 'secret',
    scope: 'routing:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  body: ref(LeadRouteInput),
  responses: { 200: { description: 'Where the lead is now.', schema: ref(LeadRouteResult) } },
  problems: [404, 422],
  handle: async (ctx, { caller, params, body: { user_id, note } }) => {
    const { workspaceId } = caller
    const leadId = requireId('lead', params.lead_id)
    const userId = user_id == null ? null : requireId('user', user_id)
    await route(ctx, caller, leadId, { userId, note: note ?? null })
    const [open] = await listAssignments(ctx.db, workspaceId, { ...NO_FILTER, lead_id: leadId, open: true }, null, 1)
    const waiting = await listUnroutedLeads(ctx.db, workspaceId, { state: null, lead_id: leadId }, null, 1)
    const [unrouted = null] = await toUnroutedLeads(ctx.db, workspaceId, waiting)
    const assignment = open === undefined ? null : await explainAssignment(ctx.db, workspaceId, open)
    return ok({ routed: unrouted === null, assignment, unrouted })
  },
})
