import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { findBuyer } from '../buyer-queries.ts'
import { Buyer, BuyerKey, toBuyer } from '../buyer-schemas.ts'

export const getBuyer = defineRoute({
  method: 'GET',
  url: '/buyers/:buyer_key',
  operationId: 'getBuyer',
  summary: 'Read a buyer',
  description: 'Its definition; the secret is never shown.',
  access: {
    auth: 'secret',
    scope: 'buyers:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ buyer_key: BuyerKey }),
  responses: { 200: { description: 'The buyer.', schema: ref(Buyer) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const buyer = await findBuyer(ctx.db, caller.workspaceId, params.buyer_key)
    if (buyer === undefined) throw notFound('buyer')
    return okWithEtag(toBuyer(buyer))
  },
})
