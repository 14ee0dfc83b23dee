import { Type } from 'typebox'
import { toBuyerOffer } from '../../../domain/buyer/offer-wire.ts'
import { notFound } from '../../../errors.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { findOffer } from '../buyer-queries.ts'
import { BuyerOffer } from '../sale-schemas.ts'

export const getBuyerOffer = defineRoute({
  method: 'GET',
  url: '/buyer-offers/:offer_id',
  operationId: 'getBuyerOffer',
  summary: 'Read an offer',
  description: 'One buyer that was asked about one lead, and what came of it.',
  access: {
    auth: 'secret',
    scope: 'buyers:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ offer_id: Id('buyer_offer', { description: 'Id of the offer.' }) }),
  responses: { 200: { description: 'The offer.', schema: ref(BuyerOffer) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const offer = await findOffer(ctx.db, caller.workspaceId, requireId('buyer_offer', params.offer_id))
    if (offer === undefined) throw notFound('offer')
    return okWithEtag(toBuyerOffer(offer))
  },
})
