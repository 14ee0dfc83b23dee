import { Type } from 'typebox'
import { okWithEtag } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { toLeadAnswer } from '../lead-answer.ts'
import { Lead, LeadUpdate } from '../lead-schemas.ts'
import { updateLead as update } from '../lead-service.ts'

export const updateLead = defineRoute({
  method: 'PATCH',
  url: '/leads/:lead_id',
  operationId: 'updateLead',
  summary: 'Change a lead',
  description:
    'JSON merge patch: absent fields keep their value, null clears, lists replace, `custom_fields` and `metadata` merge key by key. ' +
    '`If-Match` makes it conditional. An e-mail or external id that another lead has is refused with its id.',
  access: {
    auth: 'secret',
    scope: 'leads:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  body: ref(LeadUpdate),
  responses: { 200: { description: 'The lead as it is now.', schema: ref(Lead) } },
  problems: [404, 409, 412, 422],
  handle: async (ctx, { caller, params, body, request }) => {
    const lead = await update(ctx, caller, requireId('lead', params.lead_id), body, expectedVersion(request))
    return okWithEtag(await toLeadAnswer(ctx, caller.workspaceId, lead))
  },
})
