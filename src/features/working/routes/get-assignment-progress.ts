import { Type } from 'typebox'
import { okWithEtag } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { readAssignmentProgress } from '../progress-service.ts'
import { AssignmentProgress } from '../working-schemas.ts'

export const getAssignmentProgress = defineRoute({
  method: 'GET',
  url: '/assignments/:assignment_id/progress',
  operationId: 'getAssignmentProgress',
  summary: 'Read how far the work on an assignment is',
  description: 'What the seller has done, and where each promise stands.',
  access: {
    auth: 'secret',
    scope: 'routing:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  // Promises move with time, while the assignment stays as it is.
  volatile: true,
  params: Type.Object({ assignment_id: Id('assignment', { description: 'Id of the assignment.' }) }),
  responses: { 200: { description: 'Where it stands.', schema: ref(AssignmentProgress) } },
  problems: [404],
  handle: async (ctx, { caller, params }) =>
    okWithEtag(await readAssignmentProgress(ctx, caller.workspaceId, requireId('assignment', params.assignment_id))),
})
