import { Type } from 'typebox'
import { okWithEtag } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { AssignmentProgress, AssignmentResponse } from '../working-schemas.ts'
import { respondToAssignment as respond } from '../working-service.ts'

export const respondToAssignment = defineRoute({
  method: 'POST',
  url: '/assignments/:assignment_id/respond',
  operationId: 'respondToAssignment',
  summary: 'Accept, decline or answer a lead',
  description:
    'Saying the same again changes nothing. A first response is an acceptance too, and may be recorded after the fact. A declined ' +
    'lead is routed anew, and the turn is given back when its pool says so. 409 when the assignment has ended.',
  access: {
    auth: 'secret',
    scope: 'routing:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ assignment_id: Id('assignment', { description: 'Id of the assignment.' }) }),
  body: ref(AssignmentResponse),
  responses: { 200: { description: 'Where the assignment stands now.', schema: ref(AssignmentProgress) } },
  problems: [404, 409, 422],
  handle: async (ctx, { caller, params, body }) => {
    const id = requireId('assignment', params.assignment_id)
    const { action, reason = null, occurred_at = null } = body
    return okWithEtag(await respond(ctx, caller, id, { action, reason, occurred_at }))
  },
})
