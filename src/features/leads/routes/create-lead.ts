import { created, okWithEtag } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { toLeadAnswer } from '../lead-answer.ts'
import { Lead, LeadCreate } from '../lead-schemas.ts'
import { createLead as create } from '../lead-service.ts'

export const createLead = defineRoute({
  method: 'POST',
  url: '/leads',
  operationId: 'createLead',
  summary: 'Create a lead',
  description:
    'Creates a lead, or updates the one that has the same external id, e-mail or phone (`on_duplicate`): fields that are given replace, ' +
    'tags, metadata and ids are added. When the external id and the e-mail belong to two leads, the answer is 409. ' +
    'A known lead that is archived comes back, unless `archived` says otherwise. ' +
    'Values are normalized; one that has no normal form is refused with a pointer.',
  access: {
    auth: 'secret',
    scope: 'leads:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: true,
  },
  body: ref(LeadCreate),
  responses: {
    200: { description: 'The known lead, updated.', schema: ref(Lead) },
    201: { description: 'The new lead.', schema: ref(Lead) },
  },
  problems: [409, 422],
  handle: async (ctx, { caller, body: { on_duplicate, ...input } }) => {
    const result = await create(ctx, caller, input, on_duplicate)
    const lead = await toLeadAnswer(ctx, caller.workspaceId, result.lead)
    return result.created ? created(lead, `/v1/leads/${lead.id}`) : okWithEtag(lead)
  },
})
