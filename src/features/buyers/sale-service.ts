/** Sales that people begin, and what they say about offers: a return, or the end of a doubt. */
import { recordAudit } from '../../changes/record-audit.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import type { Tx } from '../../db/client.ts'
import { toBuyerOffer } from '../../domain/buyer/offer-wire.ts'
import { newId } from '../../domain/new-id.ts'
import { ApiError, notFound } from '../../errors.ts'
import { lockLeads } from '../../pipeline/desk-queries.ts'
import { assignLead } from '../../pipeline/route/assign-lead.ts'
import { givePlaces } from '../../pipeline/sell/quotas.ts'
import {
  closeSale,
  insertLedger,
  listBuyersByKey,
  listOffersOfSale,
  type OfferRow,
  reopenSale,
  type SaleRow,
  saveOffers,
} from '../../pipeline/sell/sale-queries.ts'
import { entryOf, moveOffer, settleSold, tellOffer } from '../../pipeline/sell/settle-offer.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { findSaleOf, lockSale, readOffer } from './buyer-queries.ts'

const DAY_MS = 86_400_000

/** Gives a lead to a buyer: its sale begins at once. */
export async function createSale(ctx: Ctx, caller: Caller, leadId: string, buyerKey: string): Promise<SaleRow> {
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    if (!(await listBuyersByKey(tx, [buyerKey])).has(buyerKey))
      throw refuse('/buyer_key', 'unknown_buyer', 'No such buyer.')
    const [known] = await lockLeads(tx, [leadId])
    if (known === undefined) throw refuse('/lead_id', 'unknown_lead', 'No such lead.')
    // Who was erased is archived, too: nobody sells what is left.
    if (known.lead.archived) throw refuse('/lead_id', 'archived_lead', 'This lead is archived.')
    const target = { kind: 'buyer' as const, buyer_key: buyerKey }
    const start = { id: newId(), target, pool_key: null, cause: 'explicit' as const, note: null, facts: null }
    await assignLead(tx, caller, leadId, start, ctx.now())
    const sale = await findSaleOf(tx, start.id)
    if (sale === undefined) throw new Error('an assignment to a buyer begins a sale')
    return sale
  })
}

function refuse(pointer: string, code: string, detail: string): ApiError {
  return new ApiError('unprocessable', detail, { items: [{ pointer, code, detail, parameter: null }] })
}

/** The buyer gives a lead back: the price is returned, the place is free again. */
export async function returnOffer(
  ctx: Ctx,
  caller: Caller,
  id: string,
  { reason, resell }: { reason: string; resell: boolean },
): Promise<OfferRow> {
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    const now = ctx.now()
    const { offer } = await lockOffer(tx, id)
    if (offer.state !== 'sold') throw new ApiError('conflict', 'Only a sold lead can be given back.')
    const days = (await listBuyersByKey(tx, [offer.buyer_key])).get(offer.buyer_key)?.definition.return_days ?? 0
    if (now.getTime() > Date.parse(offer.answered_at ?? offer.updated_at) + days * DAY_MS)
      throw new ApiError('conflict', 'The time in which it may be given back is over.')
    const [freed] = await givePlaces(tx, [offer])
    const returned = moveOffer(freed ?? offer, 'returned', { reason }, now)
    await saveOffers(tx, [returned])
    await insertLedger(tx, [entryOf(offer, 'return', -(offer.price_minor ?? 0), caller, now)])
    await tellOffer(tx, caller, 'buyer_offer.returned', 'lead_returned', returned, now)
    if (resell) await reopenSale(tx, offer.sale_id, now)
    else await closeSale(tx, offer.sale_id, 'unsold', now)
    return returned
  })
}

/** Somebody has asked the buyer what became of a post without an answer. */
export async function resolveOffer(
  ctx: Ctx,
  caller: Caller,
  id: string,
  { outcome, priceMinor }: { outcome: string; priceMinor: number | null },
): Promise<OfferRow> {
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    const now = ctx.now()
    const { offer, others } = await lockOffer(tx, id)
    if (offer.state !== 'in_doubt') throw new ApiError('conflict', 'Nothing about this offer is in doubt.')
    const buyer = (await listBuyersByKey(tx, [offer.buyer_key])).get(offer.buyer_key)
    const answered_at = now.toISOString()
    let resolved: OfferRow
    if (outcome === 'sold') {
      const price_minor = priceMinor ?? offer.bid_minor ?? buyer?.definition.price_minor ?? 0
      resolved = moveOffer(offer, 'sold', { price_minor, reason: null, answered_at }, now)
      await settleSold(tx, caller, { offer: resolved, others, buyer }, now)
      await closeSale(tx, offer.sale_id, 'sold', now)
    } else {
      const [freed] = await givePlaces(tx, [offer])
      resolved = moveOffer(freed ?? offer, 'rejected', { reason: 'resolved', answered_at }, now)
      await saveOffers(tx, [resolved])
      await reopenSale(tx, offer.sale_id, now)
    }
    recordAudit(tx, caller, {
      action: 'buyer_offer.resolved',
      object_id: toBuyerOffer(offer).id,
      before: { state: offer.state },
      after: { state: resolved.state, price_minor: resolved.price_minor },
      occurred_at: answered_at,
    })
    return resolved
  })
}

/** An offer with the others of its sale; lead and sale are locked. */
async function lockOffer(tx: Tx, id: string): Promise<{ offer: OfferRow; others: OfferRow[] }> {
  const seen = await readOffer(tx, id)
  if (seen === undefined) throw notFound('offer')
  await lockLeads(tx, [seen.lead_id])
  await lockSale(tx, seen.sale_id)
  const offers = await listOffersOfSale(tx, seen.sale_id)
  const offer = offers.find((one) => one.id === id)
  if (offer === undefined) throw notFound('offer')
  return { offer, others: offers.filter((one) => one.id !== id) }
}
