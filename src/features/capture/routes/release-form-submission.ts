import { Type } from 'typebox'
import { requireId } from '../../../http/id-parameter.ts'
import { preferredWait } from '../../../http/prefer.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { awaitOutcome, requireSubmission } from '../capture-service.ts'
import { releaseSubmissions } from '../quarantine-service.ts'
import { FormSubmission, toFormSubmission } from '../submission-schemas.ts'

export const releaseFormSubmission = defineRoute({
  method: 'POST',
  url: '/form-submissions/:submission_id/release',
  operationId: 'releaseFormSubmission',
  summary: 'Release a submission from quarantine',
  description:
    'The submission is processed as if it had just arrived, with the moment when it did; the spam verdict has no say any more. ' +
    '409 when it is not in quarantine. `Prefer: wait=N` waits up to N seconds for the outcome.',
  access: {
    auth: 'secret',
    scope: 'forms:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ submission_id: Id('submission', { description: 'Id of the submission.' }) }),
  responses: { 202: { description: 'The submission is due.', schema: ref(FormSubmission) } },
  problems: [404, 409],
  waits: true,
  handle: async (ctx, { caller, params, request }) => {
    const id = requireId('submission', params.submission_id)
    for (const { error } of await releaseSubmissions(ctx, caller, [id])) if (error !== null) throw error
    const seen = await awaitOutcome(ctx, caller.workspaceId, id, preferredWait(request))
    return { status: 202, body: toFormSubmission(seen ?? (await requireSubmission(ctx, caller.workspaceId, id))) }
  },
})
