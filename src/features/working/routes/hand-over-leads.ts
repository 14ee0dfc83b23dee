import { Type } from 'typebox'
import { requireId } from '../../../http/id-parameter.ts'
import { AsyncOperation, accepted } from '../../../http/operation-schemas.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { startHandOver } from '../hand-over-service.ts'
import { LeadHandOver } from '../working-schemas.ts'

export const handOverLeads = defineRoute({
  method: 'POST',
  url: '/users/:user_id/hand-over',
  operationId: 'handOverLeads',
  summary: 'Hand over all leads of a seller',
  description:
    'For a seller who leaves or is away for long: every lead that he has goes to another seller, or the rules find somebody else, whatever their ' +
    '`when` says: whom nobody can take is listed under `GET /v1/routing/unrouted-leads` until somebody can. Leads that come to him later stay: set `active` to false first. Answers with an operation that counts them and can be canceled; its `resource_id` is the user.',
  access: {
    auth: 'secret',
    scope: 'routing:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ user_id: Id('user', { description: 'The seller who hands over.' }) }),
  body: ref(LeadHandOver),
  responses: { 202: { description: 'Queued.', schema: ref(AsyncOperation) } },
  problems: [404, 422],
  handle: async (ctx, { caller, params, body }) => {
    const toUserId = body.to_user_id ? requireId('user', body.to_user_id) : null
    return accepted(
      await startHandOver(ctx, caller, requireId('user', params.user_id), { reason: body.reason, toUserId }),
    )
  },
})
