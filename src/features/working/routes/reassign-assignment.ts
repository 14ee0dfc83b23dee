import { Type } from 'typebox'
import { okWithEtag } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { AssignmentProgress, AssignmentReassign } from '../working-schemas.ts'
import { reassignAssignment as reassign } from '../working-service.ts'

export const reassignAssignment = defineRoute({
  method: 'POST',
  url: '/assignments/:assignment_id/reassign',
  operationId: 'reassignAssignment',
  summary: 'Hand a lead on to another seller',
  description:
    'The assignment ends and a new one begins, with a clock of its own. Neither capacity nor hours are asked: who hands on knows why. ' +
    '422 when the seller is unknown, inactive, or has the lead already.',
  access: {
    auth: 'secret',
    scope: 'routing:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ assignment_id: Id('assignment', { description: 'Id of the assignment.' }) }),
  body: ref(AssignmentReassign),
  responses: { 200: { description: 'The new assignment.', schema: ref(AssignmentProgress) } },
  problems: [404, 409, 422],
  handle: async (ctx, { caller, params, body }) => {
    const id = requireId('assignment', params.assignment_id)
    const userId = requireId('user', body.user_id)
    return okWithEtag(await reassign(ctx, caller, id, { userId, reason: body.reason }))
  },
})
