import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { VisitorId } from '../event-schemas.ts'
import { VisitorIdentify, VisitorLink } from '../visitor-event-schemas.ts'
import { identifyVisitor as identify } from '../visitor-service.ts'

export const identifyVisitor = defineRoute({
  method: 'POST',
  url: '/visitors/:visitor_id/identify',
  operationId: 'identifyVisitor',
  summary: 'Say who a visitor is',
  description:
    'Everything that the visitor did becomes the lead’s and counts at its own time, as if the lead had been known from the start. ' +
    'A visitor of another lead stays theirs: a new one continues for this lead, and its id is the answer.',
  access: {
    auth: 'secret',
    scope: 'events:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ visitor_id: VisitorId('The visitor; one that was never seen is made.') }),
  body: ref(VisitorIdentify),
  responses: { 200: { description: 'What became of it.', schema: ref(VisitorLink) } },
  problems: [404],
  handle: async (ctx, { caller, params, body: { lead_id } }) => {
    const link = await identify(ctx, caller, params.visitor_id, requireId('lead', lead_id))
    return ok({ decision: link.decision, visitor_id: link.visitor_id, lead_id })
  },
})
