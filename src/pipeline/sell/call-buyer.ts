/** One call of a buyer, outside of every transaction. */
import { outbound } from '../../connectors/http-client/outbound.ts'
import type { Ctx } from '../../ctx.ts'
import { type BuyerCall, buyerSecretPlace } from '../../domain/buyer/buyer.ts'
import type { BuyerReply } from '../../domain/buyer/buyer-answer.ts'
import { buildBuyerRequest } from '../../domain/buyer/buyer-request.ts'
import { formatAmount } from '../../domain/buyer/money.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { openSecret } from '../../domain/sealed-secret.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import type { BuyerRow, OfferRow } from './sale-queries.ts'

/** Calls a buyer about an offer; the reply says whether it may have arrived. */
export async function callBuyer(
  ctx: Ctx,
  workspaceId: string,
  { call, buyer, offer, lead }: { call: BuyerCall; buyer: BuyerRow; offer: OfferRow; lead: LeadFacts },
): Promise<BuyerReply> {
  const place = buyerSecretPlace(workspaceId, buyer.buyer_key)
  const request = buildBuyerRequest(call, lead, {
    offer_id: encodeTypeId('buyer_offer', offer.id),
    secret: buyer.secret === null ? null : openSecret(ctx.secret, place, buyer.secret),
    price: offer.bid_minor === null ? null : formatAmount(offer.bid_minor, offer.currency),
    ping_reference: offer.reference,
  })
  const result = await outbound(ctx).request({ ...request, once: true })
  if (!result.ok) return result
  return { ok: true, status: result.status, body: result.body.toString('utf8') }
}
