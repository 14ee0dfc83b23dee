/** What follows when an offer is sold, refused, in doubt or returned: places, ledger, changes, the timeline. */
import type { ChangeType } from '../../changes/change.ts'
import { recordChange } from '../../changes/record-change.ts'
import type { Tx } from '../../db/client.ts'
import { toBuyerOffer, toBuyerSale } from '../../domain/buyer/offer-wire.ts'
import type { OfferState } from '../../domain/buyer/sale.ts'
import { newId } from '../../domain/new-id.ts'
import { insertRows } from '../desk-queries.ts'
import type { Teller } from '../tell-story.ts'
import { givePlaces } from './quotas.ts'
import {
  type BuyerRow,
  insertLedger,
  type LedgerEntry,
  type OfferRow,
  type SaleRow,
  saveOffers,
} from './sale-queries.ts'

/** Who tells what the worker does. */
export const SELLER: Teller = { actor: 'system', origin: null }

/** An offer with what has become of it. */
export function moveOffer(offer: OfferRow, state: OfferState, more: Partial<OfferRow>, now: Date): OfferRow {
  return { ...offer, ...more, state, version: offer.version + 1, updated_at: now.toISOString() }
}

/** The offer has won: it is written, the others lose, and the price is in the ledger. */
export async function settleSold(
  tx: Tx,
  teller: Teller,
  { offer, others, buyer }: { offer: OfferRow; others: OfferRow[]; buyer: BuyerRow | undefined },
  now: Date,
): Promise<void> {
  const lost = others.filter(({ state }) => state === 'bid' || state === 'pinging')
  const freed = await givePlaces(tx, lost)
  await saveOffers(tx, [offer, ...freed.map((other) => moveOffer(other, 'lost', {}, now))])
  await insertLedger(tx, [
    entryOf(offer, 'price', offer.price_minor ?? 0, teller, now),
    entryOf(offer, 'sale_cost', -(buyer?.definition.sale_cost_minor ?? 0), teller, now),
  ])
  await tellOffer(tx, teller, 'buyer_offer.sold', 'lead_sold', offer, now)
}

/** An entry of the ledger about an offer. */
export function entryOf(
  { id, lead_id, buyer_key, currency }: OfferRow,
  kind: LedgerEntry['kind'],
  amount_minor: number,
  { actor }: Teller,
  now: Date,
): LedgerEntry {
  return {
    id: newId(),
    offer_id: id,
    lead_id,
    buyer_key,
    kind,
    amount_minor,
    currency,
    occurred_at: now.toISOString(),
    actor,
  }
}

/** Tells an offer's outcome to the feed and to the timeline of the lead. */
export async function tellOffer(
  tx: Tx,
  { actor, origin }: Teller,
  type: ChangeType,
  activity: string,
  offer: OfferRow,
  now: Date,
): Promise<void> {
  const occurred_at = now.toISOString()
  const object = toBuyerOffer(offer)
  recordChange(tx, {
    type,
    object_id: offer.id,
    actor,
    origin,
    occurred_at,
    object,
    changed_fields: ['state'],
    previous: {},
  })
  await insertRows(tx, 'activities', [
    {
      id: newId(),
      lead_id: offer.lead_id,
      type: activity,
      occurred_at,
      actor,
      subject: null,
      data: { offer_id: object.id, buyer_key: offer.buyer_key, reason: offer.reason },
      receipt_id: null,
    },
  ])
}

/** Tells that nobody took the lead: it stays with its sale, where people find it. */
export function tellUnsold(tx: Tx, { actor, origin }: Teller, sale: SaleRow, now: Date): void {
  recordChange(tx, {
    type: 'buyer_sale.unsold',
    object_id: sale.id,
    actor,
    origin,
    occurred_at: now.toISOString(),
    object: toBuyerSale(sale),
    changed_fields: ['state'],
    previous: {},
  })
}
