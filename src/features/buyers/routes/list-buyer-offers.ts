import { toBuyerOffer } from '../../../domain/buyer/offer-wire.ts'
import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { query, ref } from '../../../http/schema.ts'
import { listOffers as listRows } from '../buyer-queries.ts'
import { BuyerOfferPage, listParameters, OfferStateFilter, readSellFilter } from '../sale-schemas.ts'

export const listBuyerOffers = defineRoute({
  method: 'GET',
  url: '/buyer-offers',
  operationId: 'listBuyerOffers',
  summary: 'List what buyers were offered',
  description: 'Every buyer that was asked, newest first, with bid, price and the reason of a loss.',
  access: {
    auth: 'secret',
    scope: 'buyers:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  query: query(listParameters(OfferStateFilter)),
  responses: { 200: { description: 'A page.', schema: ref(BuyerOfferPage) } },
  handle: async (ctx, { caller: { workspaceId }, query: { limit, cursor, ...given } }) => {
    const filter = readSellFilter(given)
    const scope = { secret: ctx.secret, workspaceId, operation: 'listBuyerOffers', query: filter }
    const before = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listRows(ctx.db, workspaceId, filter, before, limit + 1)
    return ok(toPage(rows, limit, toBuyerOffer, (row) => writeCursor(scope, [row.created_at, row.id])))
  },
})
