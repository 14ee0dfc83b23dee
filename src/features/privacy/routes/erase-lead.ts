import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { Erasure, toErasure } from '../erasure-schemas.ts'
import { eraseLead as erase } from '../erasure-service.ts'

export const eraseLead = defineRoute({
  method: 'POST',
  url: '/leads/:lead_id/erase',
  operationId: 'eraseLead',
  summary: 'Erase a person',
  description:
    'Deletes or blanks, in one transaction and for ever, everything that tells who this was: fields, identities, submissions and files, timeline, ' +
    'consents, receipts, mails, events, answers of providers, and the past of the lead in the change feed (its places stay, `data.erased` ' +
    'is true). Submissions that wait with its address end as `failed`; what was answered under an `Idempotency-Key` is not repeated any more. An empty archived lead remains, so that figures of the past stay what they were. Mail suppressions of the address hold on as a digest. ' +
    'Who mirrors leads learns of it by `lead.erased`. Companies, and what other systems and buyers were given, are not touched.',
  access: {
    auth: 'secret',
    scope: 'privacy:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  responses: { 200: { description: 'Nothing tells any more who it was.', schema: ref(Erasure) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => ok(toErasure(await erase(ctx, caller, requireId('lead', params.lead_id)))),
})
