import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { findFieldSources } from '../story-queries.ts'
import { FieldSourceList } from '../story-schemas.ts'

export const getLeadFieldSources = defineRoute({
  method: 'GET',
  url: '/leads/:lead_id/field-sources',
  operationId: 'getLeadFieldSources',
  summary: 'Read where the fields of a lead come from',
  description:
    'Who wrote each field last, a person or a machine, and when. What a person typed is overwritten by no machine.',
  access: {
    auth: 'secret',
    scope: 'leads:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  responses: { 200: { description: 'One source per field.', schema: ref(FieldSourceList) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const sources = await findFieldSources(ctx.db, caller.workspaceId, requireId('lead', params.lead_id))
    if (sources === undefined) throw notFound('lead')
    const data = Object.entries(sources).map(([field, source]) => ({
      field,
      confidence: null,
      expires_at: null,
      ...source,
    }))
    return ok({ data: data.sort((a, b) => (a.field < b.field ? -1 : 1)) })
  },
})
