import { Type } from 'typebox'
import { created, okWithEtag } from '../../../http/answers.ts'
import { expectedVersion, isCreateOnly } from '../../../http/etag.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { Buyer, BuyerInput, BuyerKey, toBuyer, toBuyerDefinition } from '../buyer-schemas.ts'
import { saveBuyerDefinition } from '../buyer-service.ts'

export const putBuyer = defineRoute({
  method: 'PUT',
  url: '/buyers/:buyer_key',
  operationId: 'putBuyer',
  summary: 'Create or replace a buyer',
  description:
    'An existing buyer needs `If-Match` with the ETag that you read (428 without it, 412 when it has changed); `If-None-Match: *` only creates. ' +
    'A ping may not tell who the lead is. Addresses inside your own network are refused. A buyer is never deleted: `active: false` retires it.',
  access: {
    auth: 'secret',
    scope: 'buyers:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ buyer_key: BuyerKey }),
  body: ref(BuyerInput),
  responses: {
    200: { description: 'The buyer as it is now.', schema: ref(Buyer) },
    201: { description: 'The new buyer.', schema: ref(Buyer) },
  },
  problems: [412, 422, 428],
  handle: async (ctx, { caller, params, body, request }) => {
    const key = params.buyer_key
    const expected = { ifMatchVersion: expectedVersion(request), createOnly: isCreateOnly(request) }
    const given = { definition: toBuyerDefinition(body, key), secret: body.secret }
    const saved = await saveBuyerDefinition(ctx, caller, key, given, expected)
    const buyer = toBuyer(saved.buyer)
    return saved.created ? created(buyer, `/v1/buyers/${key}`) : okWithEtag(buyer)
  },
})
