import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { RoutingSimulation, RoutingSimulationInput } from '../rehearsal-schemas.ts'
import { simulateRouting as simulate } from '../rehearsal-service.ts'

export const simulateRouting = defineRoute({
  method: 'POST',
  url: '/routing/simulations',
  operationId: 'simulateRouting',
  summary: 'Try the rules on leads',
  description:
    'Where one lead, or the newest ones, would go now, with every rule and every candidate. Several leads are tried one after the ' +
    'other, as if they came now. Nothing is changed and nobody waits.',
  access: {
    auth: 'secret',
    scope: 'routing:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'search',
    pii_out: false,
  },
  body: ref(RoutingSimulationInput),
  responses: { 200: { description: 'Where they would go.', schema: ref(RoutingSimulation) } },
  problems: [404, 422],
  handle: async (ctx, { caller, body: { lead_id, sample, uses } }) => {
    const leadId = lead_id == null ? null : requireId('lead', lead_id)
    return ok(await simulate(ctx, caller.workspaceId, { leadId, sample, uses }))
  },
})
