import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, Id, LimitParameter, query, ref } from '../../../http/schema.ts'
import { hasLead, listTouches } from '../touch-queries.ts'
import { TouchPage, toTouch } from '../touch-schemas.ts'

export const listLeadTouches = defineRoute({
  method: 'GET',
  url: '/leads/:lead_id/touches',
  operationId: 'listLeadTouches',
  summary: 'List what brought a lead here',
  description:
    'Every touch of a lead, oldest first, with campaign parameters, click ids, referrer, landing page and visitor id. ' +
    'None replaces another: the first and the last are marked, the others stay.',
  access: {
    auth: 'secret',
    scope: 'leads:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of touches.', schema: ref(TouchPage) } },
  problems: [404],
  handle: async (ctx, { caller, params, query: { limit, cursor } }) => {
    const leadId = requireId('lead', params.lead_id)
    if (!(await hasLead(ctx.db, caller.workspaceId, leadId))) throw notFound('lead')
    const scope = { secret: ctx.secret, workspaceId: caller.workspaceId, operation: 'listLeadTouches', query: leadId }
    const after = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listTouches(ctx.db, caller.workspaceId, leadId, after, limit + 1)
    return ok(toPage(rows, limit, toTouch, (row) => writeCursor(scope, [row.occurred_at, row.id])))
  },
})
