import { Type } from 'typebox'
import { toBuyerOffer } from '../../../domain/buyer/offer-wire.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { BuyerOffer, BuyerOfferReturn } from '../sale-schemas.ts'
import { returnOffer } from '../sale-service.ts'

export const returnBuyerOffer = defineRoute({
  method: 'POST',
  url: '/buyer-offers/:offer_id/return',
  operationId: 'returnBuyerOffer',
  summary: 'Take a sold lead back',
  description:
    'The price is given back in the ledger and the place of the caps is free again. 409 when the lead is not sold, or the time for returns is over.',
  access: {
    auth: 'secret',
    scope: 'buyers:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ offer_id: Id('buyer_offer', { description: 'Id of the offer.' }) }),
  body: ref(BuyerOfferReturn),
  responses: { 200: { description: 'The offer as it is now.', schema: ref(BuyerOffer) } },
  problems: [404, 409],
  handle: async (ctx, { caller, params, body }) => {
    const id = requireId('buyer_offer', params.offer_id)
    return okWithEtag(
      toBuyerOffer(await returnOffer(ctx, caller, id, { reason: body.reason, resell: body.resell ?? false })),
    )
  },
})
