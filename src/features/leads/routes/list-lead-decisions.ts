import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, Id, LimitParameter, query, ref } from '../../../http/schema.ts'
import { findLead } from '../lead-queries.ts'
import { toReceipt } from '../story-answer.ts'
import { listReceipts } from '../story-queries.ts'
import { ReceiptPage } from '../story-schemas.ts'

export const listLeadDecisions = defineRoute({
  method: 'GET',
  url: '/leads/:lead_id/decisions',
  operationId: 'listLeadDecisions',
  summary: 'List the decisions about a lead',
  description: 'The receipts of everything that was decided about a lead, newest first.',
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
  responses: { 200: { description: 'A page of receipts.', schema: ref(ReceiptPage) } },
  problems: [404],
  handle: async (ctx, { caller, params, query: { limit, cursor } }) => {
    const { workspaceId } = caller
    const leadId = requireId('lead', params.lead_id)
    if ((await findLead(ctx.db, workspaceId, leadId)) === undefined) throw notFound('lead')
    const scope = { secret: ctx.secret, workspaceId, operation: 'listLeadDecisions', query: leadId }
    const before = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listReceipts(ctx.db, workspaceId, leadId, before, limit + 1)
    return ok(toPage(rows, limit, toReceipt, (row) => writeCursor(scope, [row.decided_at, row.id])))
  },
})
