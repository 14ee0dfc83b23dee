import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { quarantineSubmission } from '../quarantine-service.ts'
import { FormSubmission, toFormSubmission } from '../submission-schemas.ts'

export const quarantineFormSubmission = defineRoute({
  method: 'POST',
  url: '/form-submissions/:submission_id/quarantine',
  operationId: 'quarantineFormSubmission',
  summary: 'Mark a submission as spam',
  description:
    'Puts a submission into quarantine, whatever its state. A lead that it made or changed stays as it is: others may have to do with it by now; ' +
    'archive the lead if it is spam too. A released submission can be marked again.',
  access: {
    auth: 'secret',
    scope: 'forms:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ submission_id: Id('submission', { description: 'Id of the submission.' }) }),
  responses: { 200: { description: 'The submission in quarantine.', schema: ref(FormSubmission) } },
  problems: [404],
  handle: async (ctx, { caller, params }) =>
    ok(toFormSubmission(await quarantineSubmission(ctx, caller, requireId('submission', params.submission_id)))),
})
