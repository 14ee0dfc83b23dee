import { Type } from 'typebox'
import { toBuyerSale } from '../../../domain/buyer/offer-wire.ts'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { findSale } from '../buyer-queries.ts'
import { BuyerSale } from '../sale-schemas.ts'

export const getBuyerSale = defineRoute({
  method: 'GET',
  url: '/buyer-sales/:sale_id',
  operationId: 'getBuyerSale',
  summary: 'Read the sale of a lead',
  description: 'How far it is; `GET /buyer-offers` lists who was asked.',
  access: {
    auth: 'secret',
    scope: 'buyers:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ sale_id: Id('buyer_sale', { description: 'Id of the sale.' }) }),
  responses: { 200: { description: 'The sale.', schema: ref(BuyerSale) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const sale = await findSale(ctx.db, caller.workspaceId, requireId('buyer_sale', params.sale_id))
    if (sale === undefined) throw notFound('sale')
    return ok(toBuyerSale(sale))
  },
})
