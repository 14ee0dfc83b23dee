import { Type } from 'typebox'
import { toBuyerOffer } from '../../../domain/buyer/offer-wire.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { BuyerOffer, BuyerOfferResolution } from '../sale-schemas.ts'
import { resolveOffer } from '../sale-service.ts'

export const resolveBuyerOffer = defineRoute({
  method: 'POST',
  url: '/buyer-offers/:offer_id/resolve',
  operationId: 'resolveBuyerOffer',
  summary: 'Settle an offer in doubt',
  description:
    'Ask the buyer, then say what became of the lead. When it is not sold, the next buyer is asked. 409 when nothing is in doubt.',
  access: {
    auth: 'secret',
    scope: 'buyers:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ offer_id: Id('buyer_offer', { description: 'Id of the offer.' }) }),
  body: ref(BuyerOfferResolution),
  responses: { 200: { description: 'The offer as it is now.', schema: ref(BuyerOffer) } },
  problems: [404, 409],
  handle: async (ctx, { caller, params, body }) => {
    const id = requireId('buyer_offer', params.offer_id)
    return okWithEtag(
      toBuyerOffer(
        await resolveOffer(ctx, caller, id, { outcome: body.outcome, priceMinor: body.price_minor ?? null }),
      ),
    )
  },
})
