import { Type } from 'typebox'
import { encodeTypeId } from '../../../domain/type-id.ts'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { VisitorId } from '../event-schemas.ts'
import { VisitorUnlinked } from '../visitor-event-schemas.ts'
import { unlinkVisitor as unlink } from '../visitor-service.ts'

export const unlinkVisitor = defineRoute({
  method: 'POST',
  url: '/visitors/:visitor_id/unlink',
  operationId: 'unlinkVisitor',
  summary: 'Take a visitor from its lead',
  description:
    'For a browser that was taken for somebody else’s: its events are anonymous again, the lead’s counters are counted anew without them, ' +
    'its visits leave the timeline, and the lead is judged again.',
  access: {
    auth: 'secret',
    scope: 'events:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ visitor_id: VisitorId('The visitor.') }),
  responses: { 200: { description: 'The visitor is anonymous.', schema: ref(VisitorUnlinked) } },
  problems: [404],
  handle: async (ctx, { caller, params: { visitor_id } }) => {
    const { lead_id, detached } = await unlink(ctx, caller, visitor_id)
    return ok({ visitor_id, former_lead_id: lead_id === null ? null : encodeTypeId('lead', lead_id), detached })
  },
})
