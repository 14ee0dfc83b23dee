import { Type } from 'typebox'
import { toLead } from '../../../domain/lead-wire.ts'
import { notFound } from '../../../errors.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { findLead } from '../lead-queries.ts'
import { Lead } from '../lead-schemas.ts'

export const getLead = defineRoute({
  method: 'GET',
  url: '/leads/:lead_id',
  operationId: 'getLead',
  summary: 'Read a lead',
  description: 'One lead with all of its fields.',
  access: {
    auth: 'secret',
    scope: 'leads:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  responses: { 200: { description: 'The lead.', schema: ref(Lead) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const lead = await findLead(ctx.db, caller.workspaceId, requireId('lead', params.lead_id))
    if (lead === undefined) throw notFound('lead')
    return okWithEtag(toLead(lead))
  },
})
