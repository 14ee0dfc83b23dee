import { Type } from 'typebox'
import { requireId } from '../../../http/id-parameter.ts'
import { preferredWait } from '../../../http/prefer.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { awaitOutcome } from '../capture-service.ts'
import { reprocessSubmission } from '../quarantine-service.ts'
import { FormSubmission, toFormSubmission } from '../submission-schemas.ts'

export const reprocessFormSubmission = defineRoute({
  method: 'POST',
  url: '/form-submissions/:submission_id/reprocess',
  operationId: 'reprocessFormSubmission',
  summary: 'Process a submission again',
  description:
    'Runs a submission through the pipeline again, the spam verdict included, for instance after a fix; nothing is doubled: it finds the lead that it made. ' +
    '`Prefer: wait=N` waits up to N seconds for the outcome.',
  access: {
    auth: 'secret',
    scope: 'forms:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ submission_id: Id('submission', { description: 'Id of the submission.' }) }),
  responses: { 202: { description: 'The submission is due again.', schema: ref(FormSubmission) } },
  problems: [404],
  waits: true,
  handle: async (ctx, { caller, params, request }) => {
    const id = requireId('submission', params.submission_id)
    const due = await reprocessSubmission(ctx, caller.workspaceId, id)
    const seen = await awaitOutcome(ctx, caller.workspaceId, id, preferredWait(request))
    return { status: 202, body: toFormSubmission(seen ?? due) }
  },
})
