import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { FormSubmission, toFormSubmission } from '../capture-schemas.ts'
import { findSubmission } from '../submission-queries.ts'

export const getFormSubmission = defineRoute({
  method: 'GET',
  url: '/form-submissions/:submission_id',
  operationId: 'getFormSubmission',
  summary: 'Read a raw submission',
  description: 'One submission exactly as it was received, and what became of it.',
  access: {
    auth: 'secret',
    scope: 'forms:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ submission_id: Id('submission', { description: 'Id of the submission.' }) }),
  responses: { 200: { description: 'The submission.', schema: ref(FormSubmission) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const row = await findSubmission(ctx.db, caller.workspaceId, requireId('submission', params.submission_id))
    if (row === undefined) throw notFound('submission')
    return ok(toFormSubmission(row))
  },
})
