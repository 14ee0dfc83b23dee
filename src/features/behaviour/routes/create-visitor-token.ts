import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { hasLead } from '../event-queries.ts'
import { VisitorToken, VisitorTokenCreate } from '../visitor-event-schemas.ts'
import { createVisitorToken as create } from '../visitor-service.ts'

export const createVisitorToken = defineRoute({
  method: 'POST',
  url: '/leads/:lead_id/visitor-tokens',
  operationId: 'createVisitorToken',
  summary: 'Make a token that identifies a browser',
  description:
    'For a website that knows its user: hand the token to `leadwell.identify` in the page. It says who the lead is and opens nothing; nothing about it is stored.',
  access: {
    auth: 'secret',
    scope: 'events:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  body: ref(VisitorTokenCreate),
  responses: { 200: { description: 'The token.', schema: ref(VisitorToken) } },
  problems: [404],
  handle: async (ctx, { caller: { workspaceId }, params, body }) => {
    const leadId = requireId('lead', params.lead_id)
    if (!(await hasLead(ctx.db, workspaceId, leadId))) throw notFound('lead')
    return { status: 200, body: create(ctx, workspaceId, leadId, body.lifetime_seconds) }
  },
})
