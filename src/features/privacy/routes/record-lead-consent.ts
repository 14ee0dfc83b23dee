import { Type } from 'typebox'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { ConsentEntry, ConsentRecord, toConsentEntry } from '../consent-schemas.ts'
import { type ConsentInput, recordConsent } from '../consent-service.ts'

export const recordLeadConsent = defineRoute({
  method: 'POST',
  url: '/leads/:lead_id/consents',
  operationId: 'recordLeadConsent',
  summary: 'Record a grant or a withdrawal',
  description:
    'Adds an entry to the ledger of a lead, with its proof. It may have happened earlier (`occurred_at`); what decides is the order of what happened. ' +
    'To correct an entry, record another one.',
  access: {
    auth: 'secret',
    scope: 'leads:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  body: ref(ConsentRecord),
  responses: { 201: { description: 'The new entry.', schema: ref(ConsentEntry) } },
  problems: [404],
  handle: async (ctx, { caller, params, body }) => {
    const leadId = requireId('lead', params.lead_id)
    // JSON has no undefined, which the static type of an optional property allows.
    const row = await recordConsent(ctx, caller, leadId, body as ConsentInput)
    const entry = toConsentEntry(row)
    return { status: 201, body: entry, headers: { location: `/v1/consents/${entry.id}` } }
  },
})
