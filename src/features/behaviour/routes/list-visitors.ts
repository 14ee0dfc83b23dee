import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, Id, LimitParameter, query, ref } from '../../../http/schema.ts'
import { toVisitor } from '../event-answer.ts'
import { VisitorPage } from '../visitor-event-schemas.ts'
import { listVisitorRows } from '../visitor-queries.ts'

export const listVisitors = defineRoute({
  method: 'GET',
  url: '/visitors',
  operationId: 'listVisitors',
  summary: 'List the visitors of a lead',
  description: 'Every browser in which a lead was recognized, in the order of their ids.',
  access: {
    auth: 'secret',
    scope: 'events:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  query: query({
    lead_id: Id('lead', { description: 'Visitors of this lead.' }),
    limit: LimitParameter,
    cursor: CursorParameter,
  }),
  responses: { 200: { description: 'A page of visitors.', schema: ref(VisitorPage) } },
  handle: async (ctx, { caller: { workspaceId }, query: { lead_id, limit, cursor } }) => {
    const leadId = requireId('lead', lead_id)
    const scope = { secret: ctx.secret, workspaceId, operation: 'listVisitors', query: leadId }
    const [after] = cursor === undefined ? [null] : (readCursor(scope, cursor) as [string])
    const rows = await listVisitorRows(ctx.db, workspaceId, leadId, after, limit + 1)
    return ok(toPage(rows, limit, toVisitor, (row) => writeCursor(scope, [row.visitor_id])))
  },
})
