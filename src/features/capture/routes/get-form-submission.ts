import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { requireSubmission } from '../capture-service.ts'
import { FormSubmission, toFormSubmission } from '../submission-schemas.ts'

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
    const id = requireId('submission', params.submission_id)
    return ok(toFormSubmission(await requireSubmission(ctx, caller.workspaceId, id)))
  },
})
