import { Type } from 'typebox'
import { toSuppression } from '../../../domain/mail/suppression-row.ts'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { OUTREACH_READ_PEOPLE } from '../access.ts'
import { findSuppressionRow } from '../suppression-queries.ts'
import { Suppression } from '../suppression-schemas.ts'

export const getSuppression = defineRoute({
  method: 'GET',
  url: '/suppressions/:suppression_id',
  operationId: 'getSuppression',
  summary: 'Read a suppression',
  description: 'One suppression, also when it was lifted.',
  access: OUTREACH_READ_PEOPLE,
  params: Type.Object({ suppression_id: Id('suppression', { description: 'Id of the suppression.' }) }),
  responses: { 200: { description: 'The suppression.', schema: ref(Suppression) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const row = await findSuppressionRow(ctx.db, caller.workspaceId, requireId('suppression', params.suppression_id))
    if (row === undefined) throw notFound('suppression')
    return ok(toSuppression(row))
  },
})
