import { Type } from 'typebox'
import { okWithEtag } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { AssignmentProgress, AssignmentRelease } from '../working-schemas.ts'
import { releaseAssignment as release } from '../working-service.ts'

export const releaseAssignment = defineRoute({
  method: 'POST',
  url: '/assignments/:assignment_id/release',
  operationId: 'releaseAssignment',
  summary: 'Give a lead back',
  description:
    'The seller gives the lead back: the rules find somebody else, whatever their `when` says, or it waits in the pull queue of its pool ' +
    '(409 when it came from none). Whom nobody can take is listed under `GET /v1/routing/unrouted-leads` until somebody can. The turn is given back when the pool says so.',
  access: {
    auth: 'secret',
    scope: 'routing:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ assignment_id: Id('assignment', { description: 'Id of the assignment.' }) }),
  body: ref(AssignmentRelease),
  responses: { 200: { description: 'The assignment, which has ended.', schema: ref(AssignmentProgress) } },
  problems: [404, 409, 422],
  handle: async (ctx, { caller, params, body }) => {
    const id = requireId('assignment', params.assignment_id)
    return okWithEtag(await release(ctx, caller, id, { reason: body.reason, toQueue: body.to_queue ?? false }))
  },
})
