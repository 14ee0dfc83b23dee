import { Type } from 'typebox'
import { okWithEtag } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { LeadQualification, LeadQualificationUpdate } from '../qualification-schemas.ts'
import { type AnswerInput, answerQualification } from '../qualification-service.ts'

export const updateLeadQualification = defineRoute({
  method: 'PATCH',
  url: '/leads/:lead_id/qualification',
  operationId: 'updateLeadQualification',
  summary: 'Answer qualification criteria',
  description:
    'Adds answers with their evidence, replaces those of the same criteria, and takes back what is `unknown` without a value. ' +
    'The verdicts follow; the lead is judged anew, so that an open gate moves it on.',
  access: {
    auth: 'secret',
    scope: 'leads:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  body: ref(LeadQualificationUpdate),
  responses: { 200: { description: 'Answers and verdicts now.', schema: ref(LeadQualification) } },
  problems: [404, 412],
  handle: async (ctx, { caller, params, body, request }) => {
    const leadId = requireId('lead', params.lead_id)
    // Open enums were checked by the schema.
    const answers = body.answers as AnswerInput[]
    return okWithEtag(await answerQualification(ctx, caller, leadId, answers, expectedVersion(request)))
  },
})
