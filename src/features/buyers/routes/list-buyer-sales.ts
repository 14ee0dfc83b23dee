import { toBuyerSale } from '../../../domain/buyer/offer-wire.ts'
import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { query, ref } from '../../../http/schema.ts'
import { listSales as listRows } from '../buyer-queries.ts'
import { BuyerSalePage, listParameters, readSellFilter, SaleStateFilter } from '../sale-schemas.ts'

export const listBuyerSales = defineRoute({
  method: 'GET',
  url: '/buyer-sales',
  operationId: 'listBuyerSales',
  summary: 'List the sales of leads',
  description:
    'Leads that were offered to buyers, newest first; filter by `unsold` and `in_doubt` for those that need somebody.',
  access: {
    auth: 'secret',
    scope: 'buyers:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  query: query(listParameters(SaleStateFilter)),
  responses: { 200: { description: 'A page.', schema: ref(BuyerSalePage) } },
  handle: async (ctx, { caller: { workspaceId }, query: { limit, cursor, ...given } }) => {
    const filter = readSellFilter(given)
    const scope = { secret: ctx.secret, workspaceId, operation: 'listBuyerSales', query: filter }
    const before = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listRows(ctx.db, workspaceId, filter, before, limit + 1)
    return ok(toPage(rows, limit, toBuyerSale, (row) => writeCursor(scope, [row.created_at, row.id])))
  },
})
