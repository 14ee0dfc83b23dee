/** A new offer of a sale. */
import { NO_CURRENCY } from '../../domain/buyer/money.ts'
import type { OfferState } from '../../domain/buyer/sale.ts'
import { newId } from '../../domain/new-id.ts'
import type { SaleBook } from './sale-book.ts'
import type { OfferRow } from './sale-queries.ts'

/** An offer to a buyer as it begins. */
export function newOffer(
  { sale, buyers }: Pick<SaleBook, 'sale' | 'buyers'>,
  buyer_key: string,
  state: OfferState,
  more: Partial<OfferRow>,
  now: Date,
): OfferRow {
  const at = now.toISOString()
  const buyer = buyers.get(buyer_key)
  return {
    id: newId(),
    sale_id: sale.id,
    lead_id: sale.lead_id,
    buyer_key,
    buyer_version: buyer?.version ?? 0,
    state,
    reserved_day: null,
    // Nothing was or will be paid by an unknown buyer.
    currency: buyer?.definition.currency ?? NO_CURRENCY,
    bid_minor: null,
    price_minor: null,
    reference: null,
    reason: null,
    pinged_at: null,
    posted_at: null,
    answered_at: null,
    version: 1,
    created_at: at,
    updated_at: at,
    ...more,
  }
}
