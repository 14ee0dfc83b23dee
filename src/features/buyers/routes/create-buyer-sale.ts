import { toBuyerSale } from '../../../domain/buyer/offer-wire.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { BuyerSale, BuyerSaleCreate } from '../sale-schemas.ts'
import { createSale } from '../sale-service.ts'

export const createBuyerSale = defineRoute({
  method: 'POST',
  url: '/buyer-sales',
  operationId: 'createBuyerSale',
  summary: 'Sell a lead',
  description:
    'Takes the lead from whoever has it and offers it to the buyer, then to the next ones. Watch `GET /buyer-sales/{sale_id}` or the change feed for the outcome.',
  access: {
    auth: 'secret',
    scope: 'buyers:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  body: ref(BuyerSaleCreate),
  responses: { 201: { description: 'The sale, which has just begun.', schema: ref(BuyerSale) } },
  problems: [422],
  handle: async (ctx, { caller, body }) => {
    const sale = toBuyerSale(await createSale(ctx, caller, requireId('lead', body.lead_id), body.buyer_key))
    return { status: 201, body: sale, headers: { location: `/v1/buyer-sales/${sale.id}` } }
  },
})
