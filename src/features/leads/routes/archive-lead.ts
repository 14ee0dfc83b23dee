import { Type } from 'typebox'
import { noContent } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id } from '../../../http/schema.ts'
import { archiveLead as archive } from '../lead-service.ts'

export const archiveLead = defineRoute({
  method: 'DELETE',
  url: '/leads/:lead_id',
  operationId: 'archiveLead',
  summary: 'Archive a lead',
  description:
    'Hides the lead from lists; it stays readable by id, and `PATCH {"archived": false}` brings it back. Doing it twice is fine.',
  access: {
    auth: 'secret',
    scope: 'leads:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  responses: { 204: { description: 'Archived.', schema: null } },
  problems: [404, 412],
  handle: async (ctx, { caller, params, request }) => {
    await archive(ctx, caller, requireId('lead', params.lead_id), expectedVersion(request))
    return noContent()
  },
})
