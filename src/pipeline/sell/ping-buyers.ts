/** Pings: places are taken, then all buyers are asked at once, then their bids are noted. */
import type { Ctx } from '../../ctx.ts'
import type { Tx } from '../../db/client.ts'
import { readPing } from '../../domain/buyer/buyer-answer.ts'
import { withJourney } from '../with-journey.ts'
import { callBuyer } from './call-buyer.ts'
import { newOffer } from './new-offer.ts'
import { givePlaces, takePlace } from './quotas.ts'
import { openBookOf, type SaleBook } from './sale-book.ts'
import { type BuyerRow, insertLedger, type OfferRow, saveOffers } from './sale-queries.ts'
import { entryOf, moveOffer, SELLER } from './settle-offer.ts'

/** A call that is committed and not made yet. */
export interface PlannedCall {
  offer: OfferRow
  buyer: BuyerRow
}

/** Takes a place of each buyer's caps; returns the pings to make. One that was interrupted is made again. */
async function prepare(tx: Tx, book: SaleBook, keys: string[], now: Date): Promise<PlannedCall[]> {
  const calls: PlannedCall[] = []
  const offers: OfferRow[] = []
  for (const key of [...keys].sort()) {
    const buyer = book.buyers.get(key)
    const interrupted = book.offers.find((offer) => offer.buyer_key === key && offer.state === 'pinging')
    if (buyer === undefined) {
      // It was removed from the sale's list meanwhile.
      if (interrupted !== undefined) offers.push(...(await giveUp(tx, interrupted, now)))
      continue
    }
    if (interrupted !== undefined) {
      calls.push({ offer: interrupted, buyer })
      continue
    }
    const place = await takePlace(tx, key, buyer.definition, now)
    const offer = place.ok
      ? newOffer(book, key, 'pinging', { reserved_day: place.day, pinged_at: now.toISOString() }, now)
      : newOffer(book, key, 'skipped', { reason: place.reason }, now)
    offers.push(offer)
    if (place.ok) calls.push({ offer, buyer })
  }
  await saveOffers(tx, offers)
  return calls
}

async function giveUp(tx: Tx, offer: OfferRow, now: Date): Promise<OfferRow[]> {
  const freed = await givePlaces(tx, [offer])
  return freed.map((one) => moveOffer(one, 'no_bid', { reason: 'unknown_buyer' }, now))
}

/** Asks all buyers at once and notes what they bid. */
async function run(ctx: Ctx, workspaceId: string, { sale, lead }: SaleBook, calls: PlannedCall[]): Promise<void> {
  const answered = await Promise.all(
    calls.map(async ({ offer, buyer }) => {
      const { ping, currency, price_minor } = buyer.definition
      if (ping === null) throw new Error('a buyer that is pinged says where')
      const reply = await callBuyer(ctx, workspaceId, { call: ping, buyer, offer, lead })
      return { offer, buyer, verdict: readPing(reply, ping.answer, currency, price_minor) }
    }),
  )
  const now = ctx.now()
  await withJourney(ctx.db, workspaceId, async (tx) => {
    const book = await openBookOf(tx, sale, now)
    // Whoever took over pings again; what we heard is of no use to them.
    if (book === undefined) return
    const moved = answered.map(({ offer, verdict }) => {
      const { outcome, bid_minor, reference, reason } = verdict
      return moveOffer(offer, outcome, { bid_minor, reference, reason, answered_at: now.toISOString() }, now)
    })
    const freed = await givePlaces(
      tx,
      moved.filter(({ state }) => state === 'no_bid'),
    )
    await saveOffers(tx, [...moved.filter(({ state }) => state === 'bid'), ...freed])
    await insertLedger(
      tx,
      answered.map(({ offer, buyer }) => entryOf(offer, 'ping_cost', -buyer.definition.ping_cost_minor, SELLER, now)),
    )
  })
}

export const pingBuyers = { prepare, run }
