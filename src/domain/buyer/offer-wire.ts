// Offers and sales as the world sees them: the same in answers, in the change feed and in webhooks.
import { encodeTypeId } from '../type-id.ts'
import type { OfferState } from './sale.ts'

interface OfferFacts {
  id: string
  sale_id: string
  lead_id: string
  buyer_key: string
  buyer_version: number
  state: OfferState
  currency: string
  bid_minor: number | null
  price_minor: number | null
  reference: string | null
  reason: string | null
  pinged_at: string | null
  posted_at: string | null
  answered_at: string | null
  version: number
  created_at: string
  updated_at: string
}

const money = (amount_minor: number | null, currency: string) =>
  amount_minor === null ? null : { amount_minor, currency }

/** The wire form of an offer. */
export function toBuyerOffer(offer: OfferFacts) {
  const { id, sale_id, lead_id, buyer_key, buyer_version, state, currency, reference, reason } = offer
  return {
    id: encodeTypeId('buyer_offer', id),
    sale_id: encodeTypeId('buyer_sale', sale_id),
    lead_id: encodeTypeId('lead', lead_id),
    buyer_key,
    buyer_version,
    state,
    bid: money(offer.bid_minor, currency),
    price: money(offer.price_minor, currency),
    reference,
    reason,
    pinged_at: offer.pinged_at,
    posted_at: offer.posted_at,
    answered_at: offer.answered_at,
    etag: `"v${offer.version}"`,
    created_at: offer.created_at,
    updated_at: offer.updated_at,
  }
}

interface SaleFacts {
  id: string
  lead_id: string
  assignment_id: string
  buyer_key: string
  state: string
  created_at: string
  updated_at: string
  closed_at: string | null
}

/** The wire form of a sale. */
export function toBuyerSale({ id, lead_id, assignment_id, buyer_key, state, ...times }: SaleFacts) {
  return {
    id: encodeTypeId('buyer_sale', id),
    lead_id: encodeTypeId('lead', lead_id),
    assignment_id: encodeTypeId('assignment', assignment_id),
    buyer_key,
    state,
    created_at: times.created_at,
    updated_at: times.updated_at,
    closed_at: times.closed_at,
  }
}
