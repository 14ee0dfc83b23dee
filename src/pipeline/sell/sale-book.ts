/** Everything that a step of a sale is decided from, read under the locks of lead and sale. */
import type { Tx } from '../../db/client.ts'
import type { SaleOrder } from '../../domain/buyer/buyer.ts'
import type { Candidate } from '../../domain/buyer/sale.ts'
import { compileStored, onceFor } from '../../domain/condition/compile-once.ts'
import { matchesCondition } from '../../domain/condition/evaluate-condition.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { lockLeads } from '../desk-queries.ts'
import type { JudgeDesk } from '../judge/judge-desk.ts'
import { openJudgeDesk } from '../judge/open-judge-desk.ts'
import {
  type BuyerRow,
  holdSale,
  listBuyersByKey,
  listOffersOfSale,
  type OfferRow,
  type SaleRow,
} from './sale-queries.ts'

/** Longer than the longest call with what is written before and after it. */
export const LEASE_SECONDS = 60

export interface SaleBook {
  sale: SaleRow
  lead: LeadFacts
  buyers: Map<string, BuyerRow>
  order: SaleOrder
  candidates: Candidate[]
  offers: OfferRow[]
}

/** Opens the book of a sale; undefined when another worker has taken it over. Leads are locked before sales. */
export async function openBookOf(tx: Tx, claimed: SaleRow, now: Date): Promise<SaleBook | undefined> {
  const locked = await lockLeads(tx, [claimed.lead_id])
  const sale = await holdSale(tx, claimed, LEASE_SECONDS)
  const [entry] = locked
  if (sale === undefined || entry === undefined) return undefined
  const first = (await listBuyersByKey(tx, [sale.buyer_key])).get(sale.buyer_key)
  const keys = [sale.buyer_key, ...(first?.definition.next_buyers ?? [])]
  const buyers = await listBuyersByKey(tx, keys)
  const offers = await listOffersOfSale(tx, sale.id)
  const desk = await openJudgeDesk(tx, [{ ...entry, reasons: [] }], now)
  const order = first?.definition.order ?? 'listed'
  const candidates =
    sale.state === 'canceled' ? [] : keys.map((key) => candidateOf(desk, sale, first, key, buyers.get(key), order))
  return { sale, lead: entry.lead, buyers, order, candidates, offers }
}

function candidateOf(
  desk: JudgeDesk,
  sale: SaleRow,
  first: BuyerRow | undefined,
  buyer_key: string,
  buyer: BuyerRow | undefined,
  order: SaleOrder,
): Candidate {
  if (buyer === undefined) return { buyer_key, mode: 'post', price_minor: 0, refusal: 'unknown_buyer' }
  const { mode, price_minor, active, currency } = buyer.definition
  const candidate = { buyer_key, mode, price_minor, refusal: null }
  if (!active) return { ...candidate, refusal: 'inactive' }
  if (!wants(desk, sale.lead_id, buyer)) return { ...candidate, refusal: 'not_matched' }
  // Prices of two currencies cannot be compared.
  if (order === 'best_price' && currency !== first?.definition.currency)
    return { ...candidate, refusal: 'other_currency' }
  return candidate
}

function wants({ catalogue, leads, now }: JudgeDesk, leadId: string, { definition }: BuyerRow): boolean {
  if (definition.condition === null) return true
  const compiled = onceFor(catalogue, definition, () => compileStored(catalogue, definition.condition))
  const facts = leads.get(leadId)?.facts
  return compiled !== null && facts !== undefined && matchesCondition(compiled, facts, now)
}
