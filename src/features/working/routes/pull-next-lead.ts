import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref, Slug } from '../../../http/schema.ts'
import { pullNextLead as pull } from '../pull-service.ts'
import { PulledLead, PullRequest } from '../working-schemas.ts'

export const pullNextLead = defineRoute({
  method: 'POST',
  url: '/pools/:pool_key/next',
  operationId: 'pullNextLead',
  summary: 'Pull the next lead of a queue',
  description:
    'Gives the member the best lead that waits, by score and then by arrival, and gives it to nobody else. `assignment` is null when ' +
    'nothing waits. Hours are not asked; 409 when the seller is at capacity, 422 when the seller is no active member of the pool.',
  access: {
    auth: 'secret',
    scope: 'routing:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ pool_key: Slug({ description: 'Key of the pool.', examples: ['inbound'] }) }),
  body: ref(PullRequest),
  responses: { 200: { description: 'The new assignment, if there was a lead.', schema: ref(PulledLead) } },
  problems: [404, 409, 422],
  handle: async (ctx, { caller, params, body }) => {
    const userId = requireId('user', body.user_id)
    return ok({ assignment: await pull(ctx, caller, params.pool_key, userId) })
  },
})
