// The course of one sale: which buyers are asked, in which order, until one has taken the lead, all have declined it, or
// it is unknown whether one has it. A pure function of what has happened so far, so a worker that takes over goes on
// where the other one stopped.
import type { BuyerMode, SaleOrder } from './buyer.ts'

export const OFFER_STATES = [
  'pinging',
  'bid',
  'no_bid',
  'lost',
  'skipped',
  'posting',
  'sold',
  'rejected',
  'failed',
  'in_doubt',
  'returned',
] as const
export type OfferState = (typeof OFFER_STATES)[number]

/** States of an offer that hold a place of the buyer's caps. */
export const RESERVING: ReadonlySet<OfferState> = new Set(['pinging', 'bid', 'posting', 'sold', 'in_doubt'])

/** A buyer of the sale, in its order; `refusal` is why it is not asked at all. */
export interface Candidate {
  buyer_key: string
  mode: BuyerMode
  price_minor: number
  refusal: string | null
}

export interface OfferFacts {
  id: string
  buyer_key: string
  state: OfferState
  bid_minor: number | null
}

export type SaleStep =
  | { kind: 'skip'; buyers: { buyer_key: string; reason: string }[] }
  | { kind: 'ping'; buyer_keys: string[] }
  /** `offer_id` null: the buyer has no offer yet. */
  | { kind: 'post'; buyer_key: string; offer_id: string | null }
  | { kind: 'close'; state: 'sold' | 'unsold' | 'in_doubt' }

/** What is to be done next. */
export function decideSaleStep(
  order: SaleOrder,
  candidates: readonly Candidate[],
  offers: readonly OfferFacts[],
): SaleStep {
  const has = (state: OfferState) => offers.some((offer) => offer.state === state)
  if (has('sold')) return { kind: 'close', state: 'sold' }
  // A post without an answer: whoever sent it is gone.
  if (has('posting') || has('in_doubt')) return { kind: 'close', state: 'in_doubt' }
  const pinging = offers.filter(({ state }) => state === 'pinging').map(({ buyer_key }) => buyer_key)
  if (pinging.length > 0) return { kind: 'ping', buyer_keys: pinging }
  const open = candidates.filter(({ buyer_key }) => !offers.some((offer) => offer.buyer_key === buyer_key))
  const refused = open.filter(({ refusal }) => refusal !== null)
  if (refused.length > 0)
    return { kind: 'skip', buyers: refused.map(({ buyer_key, refusal }) => ({ buyer_key, reason: refusal ?? '' })) }
  return order === 'listed' ? inListedOrder(candidates, open, offers) : byBestPrice(open, offers)
}

function inListedOrder(candidates: readonly Candidate[], open: Candidate[], offers: readonly OfferFacts[]): SaleStep {
  for (const { buyer_key, mode } of candidates) {
    const bid = offers.find((offer) => offer.buyer_key === buyer_key && offer.state === 'bid')
    if (bid !== undefined) return { kind: 'post', buyer_key, offer_id: bid.id }
    if (!open.some((candidate) => candidate.buyer_key === buyer_key)) continue
    return mode === 'ping_post'
      ? { kind: 'ping', buyer_keys: [buyer_key] }
      : { kind: 'post', buyer_key, offer_id: null }
  }
  return { kind: 'close', state: 'unsold' }
}

function byBestPrice(open: Candidate[], offers: readonly OfferFacts[]): SaleStep {
  const toPing = open.filter(({ mode }) => mode === 'ping_post').map(({ buyer_key }) => buyer_key)
  if (toPing.length > 0) return { kind: 'ping', buyer_keys: toPing }
  const bids = offers
    .filter(({ state }) => state === 'bid')
    .map(({ id, buyer_key, bid_minor }) => ({ buyer_key, offer_id: id as string | null, price: bid_minor ?? 0 }))
  const fixed = open.map(({ buyer_key, price_minor }) => ({ buyer_key, offer_id: null, price: price_minor }))
  // The sort is stable: of equal prices a bid goes first, and then the order of the list.
  const [best] = [...bids, ...fixed].sort((a, b) => b.price - a.price)
  if (best === undefined) return { kind: 'close', state: 'unsold' }
  return { kind: 'post', buyer_key: best.buyer_key, offer_id: best.offer_id }
}
