import { Type } from 'typebox'
import { noContent } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id } from '../../../http/schema.ts'
import { OUTREACH_WRITE } from '../access.ts'
import { liftSuppression as lift } from '../suppression-service.ts'

export const liftSuppression = defineRoute({
  method: 'DELETE',
  url: '/suppressions/:suppression_id',
  operationId: 'liftSuppression',
  summary: 'Lift a suppression',
  description:
    'Mail may go again; the suppression stays on record with who lifted it. A consent that was withdrawn stays withdrawn.',
  access: OUTREACH_WRITE,
  params: Type.Object({ suppression_id: Id('suppression', { description: 'Id of the suppression.' }) }),
  responses: { 204: { description: 'Lifted.', schema: null } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    await lift(ctx, caller, requireId('suppression', params.suppression_id))
    return noContent()
  },
})
