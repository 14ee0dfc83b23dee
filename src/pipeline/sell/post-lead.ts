/** The post: the one call that hands over a person. It is noted before it is made, and made once. */
import type { Ctx } from '../../ctx.ts'
import type { Statement, Tx } from '../../db/client.ts'
import { type PostVerdict, readPost } from '../../domain/buyer/buyer-answer.ts'
import type { SaleStep } from '../../domain/buyer/sale.ts'
import { lockLeads } from '../desk-queries.ts'
import { withJourney } from '../with-journey.ts'
import { callBuyer } from './call-buyer.ts'
import { newOffer } from './new-offer.ts'
import type { PlannedCall } from './ping-buyers.ts'
import { givePlaces, takePlace } from './quotas.ts'
import type { SaleBook } from './sale-book.ts'
import { closeSale, listOffersOfSale, type OfferRow, reopenSale, saveOffers } from './sale-queries.ts'
import { moveOffer, SELLER, settleSold, tellOffer } from './settle-offer.ts'

/** Notes that the lead is on its way to a buyer; nothing to call when the buyer wants no more today. */
async function prepare(
  tx: Tx,
  book: SaleBook,
  { buyer_key, offer_id }: SaleStep & { kind: 'post' },
  now: Date,
): Promise<PlannedCall[]> {
  const buyer = book.buyers.get(buyer_key)
  if (buyer === undefined) throw new Error('a candidate is a buyer')
  const bid = book.offers.find(({ id }) => id === offer_id)
  const posted_at = now.toISOString()
  if (bid !== undefined) {
    const offer = moveOffer(bid, 'posting', { posted_at }, now)
    await saveOffers(tx, [offer])
    return [{ offer, buyer }]
  }
  const place = await takePlace(tx, buyer_key, buyer.definition, now)
  const offer = place.ok
    ? newOffer(book, buyer_key, 'posting', { reserved_day: place.day, posted_at }, now)
    : newOffer(book, buyer_key, 'skipped', { reason: place.reason }, now)
  await saveOffers(tx, [offer])
  return place.ok ? [{ offer, buyer }] : []
}

/** Hands the lead over and notes the answer, whoever has the sale by then: it is the truth about a call that was made. */
async function run(ctx: Ctx, workspaceId: string, { sale, lead }: SaleBook, calls: PlannedCall[]): Promise<void> {
  for (const { offer, buyer } of calls) {
    const { post, currency } = buyer.definition
    const reply = await callBuyer(ctx, workspaceId, { call: post, buyer, offer, lead })
    const verdict = readPost(reply, post.answer, currency)
    await withJourney(ctx.db, workspaceId, async (tx) => {
      await lockLeads(tx, [sale.lead_id])
      const [held] = await tx.query<{ state: string }>(lockStatement, [workspaceId, sale.id])
      const offers = await listOffersOfSale(tx, sale.id)
      const current = offers.find(({ id }) => id === offer.id)
      // Somebody has settled the doubt by hand meanwhile.
      if (current === undefined || (current.state !== 'posting' && current.state !== 'in_doubt')) return
      await settle(tx, { current, offers, buyer, verdict }, ctx.now())
      // Somebody took us for dead and closed the sale in doubt; now that the answer is no, it goes on.
      const isRefused = verdict.outcome === 'rejected' || verdict.outcome === 'failed'
      if (held?.state === 'in_doubt' && isRefused) await reopenSale(tx, sale.id, ctx.now())
    })
  }
}

const lockStatement: Statement = {
  name: 'lock_buyer_sale',
  text: 'SELECT state FROM buyer_sales WHERE workspace_id = $1 AND id = $2 FOR UPDATE',
}

interface Answered extends Omit<PlannedCall, 'offer'> {
  current: OfferRow
  offers: OfferRow[]
  verdict: PostVerdict
}

async function settle(tx: Tx, { current, offers, buyer, verdict }: Answered, now: Date): Promise<void> {
  const answered_at = now.toISOString()
  const { outcome, reference, reason } = verdict
  if (outcome === 'sold') {
    const agreed = current.bid_minor ?? buyer.definition.price_minor
    const price_minor = verdict.price_minor ?? agreed
    const offer = moveOffer(
      current,
      'sold',
      {
        price_minor,
        reference: reference ?? current.reference,
        // The lead is gone: what was paid less is for people to claim.
        reason: price_minor < agreed ? 'price_below_bid' : null,
        answered_at,
      },
      now,
    )
    const others = offers.filter(({ id }) => id !== offer.id)
    await settleSold(tx, SELLER, { offer, others, buyer }, now)
    await closeSale(tx, current.sale_id, 'sold', now)
    return
  }
  if (outcome === 'in_doubt') {
    if (current.state === 'in_doubt') return
    const offer = moveOffer(current, 'in_doubt', { reason, answered_at }, now)
    await saveOffers(tx, [offer])
    await tellOffer(tx, SELLER, 'buyer_offer.in_doubt', 'lead_sale_in_doubt', offer, now)
    return
  }
  const [freed] = await givePlaces(tx, [current])
  await saveOffers(tx, [moveOffer(freed ?? current, outcome, { reason, answered_at }, now)])
}

export const postLead = { prepare, run }
