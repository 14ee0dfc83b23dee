import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { listBuyers as listRows } from '../buyer-queries.ts'
import { BuyerPage, toBuyer } from '../buyer-schemas.ts'

export const listBuyers = defineRoute({
  method: 'GET',
  url: '/buyers',
  operationId: 'listBuyers',
  summary: 'List the buyers',
  description: 'Outside buyers of leads in the order of their keys.',
  access: {
    auth: 'secret',
    scope: 'buyers:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of buyers.', schema: ref(BuyerPage) } },
  handle: async (ctx, { caller: { workspaceId }, query: { limit, cursor } }) => {
    const scope = { secret: ctx.secret, workspaceId, operation: 'listBuyers', query: null }
    const [after] = cursor === undefined ? [null] : readCursor(scope, cursor)
    const rows = await listRows(ctx.db, workspaceId, after as string | null, limit + 1)
    return ok(toPage(rows, limit, toBuyer, (row) => writeCursor(scope, [row.buyer_key])))
  },
})
