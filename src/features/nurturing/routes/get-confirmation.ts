import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { OUTREACH_READ_PEOPLE } from '../access.ts'
import { findConfirmation, toConfirmation } from '../confirmation-queries.ts'
import { Confirmation } from '../preference-schemas.ts'

export const getConfirmation = defineRoute({
  method: 'GET',
  url: '/confirmations/:confirmation_id',
  operationId: 'getConfirmation',
  summary: 'Read a confirmation',
  description: 'Whether a consent that was asked for by mail has been confirmed.',
  access: OUTREACH_READ_PEOPLE,
  params: Type.Object({ confirmation_id: Id('confirmation', { description: 'Id of the confirmation.' }) }),
  responses: { 200: { description: 'Where it stands.', schema: ref(Confirmation) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const row = await findConfirmation(ctx.db, caller.workspaceId, requireId('confirmation', params.confirmation_id))
    if (row === undefined) throw notFound('confirmation')
    return ok(toConfirmation(row, ctx.now()))
  },
})
