import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { query, ref } from '../../../http/schema.ts'
import { listLedger as listRows } from '../buyer-queries.ts'
import { BuyerLedgerPage, KindFilter, listParameters, readSellFilter, toLedgerEntry } from '../sale-schemas.ts'

export const listBuyerLedger = defineRoute({
  method: 'GET',
  url: '/buyer-ledger',
  operationId: 'listBuyerLedger',
  summary: 'List what was earned and spent',
  description: 'Prices, returns and costs in minor units, newest first. Entries are only added.',
  access: {
    auth: 'secret',
    scope: 'buyers:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  query: query(listParameters(KindFilter)),
  responses: { 200: { description: 'A page.', schema: ref(BuyerLedgerPage) } },
  handle: async (ctx, { caller: { workspaceId }, query: { limit, cursor, ...given } }) => {
    const filter = readSellFilter(given)
    const scope = { secret: ctx.secret, workspaceId, operation: 'listBuyerLedger', query: filter }
    const before = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listRows(ctx.db, workspaceId, filter, before, limit + 1)
    return ok(toPage(rows, limit, toLedgerEntry, (row) => writeCursor(scope, [row.occurred_at, row.id])))
  },
})
