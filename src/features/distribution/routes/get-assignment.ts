import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { explainAssignment } from '../assignment-answer.ts'
import { findAssignment } from '../assignment-queries.ts'
import { ExplainedAssignment } from '../assignment-schemas.ts'

export const getAssignment = defineRoute({
  method: 'GET',
  url: '/assignments/:assignment_id',
  operationId: 'getAssignment',
  summary: 'Read why a seller got a lead',
  description:
    'One assignment with the versions that decided, every rule that was looked at, every candidate with the reason, and the turn ' +
    'before and after. Kept for ever.',
  access: {
    auth: 'secret',
    scope: 'routing:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ assignment_id: Id('assignment', { description: 'Id of the assignment.' }) }),
  responses: { 200: { description: 'The assignment.', schema: ref(ExplainedAssignment) } },
  problems: [404],
  handle: async (ctx, { caller: { workspaceId }, params }) => {
    const row = await findAssignment(ctx.db, workspaceId, requireId('assignment', params.assignment_id))
    if (row === undefined) throw notFound('assignment')
    return okWithEtag(await explainAssignment(ctx.db, workspaceId, row))
  },
})
