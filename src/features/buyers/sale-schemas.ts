/** Shapes of sales, offers and the ledger on the wire. */
import { Type } from 'typebox'
import { MAX_AMOUNT_MINOR } from '../../domain/buyer/money.ts'
import { OFFER_STATES } from '../../domain/buyer/sale.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { requireId } from '../../http/id-parameter.ts'
import {
  ClosedEnum,
  CursorParameter,
  component,
  Flag,
  Id,
  Int,
  input,
  LimitParameter,
  Nullable,
  NullableRef,
  OpenEnum,
  pageOf,
  Slug,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import type { LedgerEntry } from '../../pipeline/sell/sale-queries.ts'
import type { SellFilter } from './buyer-queries.ts'

const currency = Type.String({ pattern: '^[A-Z]{3}$', maxLength: 3, description: 'ISO 4217.', examples: ['EUR'] })
const MINOR = { description: 'Amount in minor units.', examples: [1250] }
const Amount = component('BuyerAmount', 'An amount of money.', {
  amount_minor: Int(-MAX_AMOUNT_MINOR, MAX_AMOUNT_MINOR, MINOR),
  currency,
})

const buyer_key = Slug({ description: 'Key of the buyer.', examples: ['best-leads'] })
const lead_id = Id('lead', { description: 'The lead.' })
const when = (description: string) => Nullable(Timestamp({ description }))

const SALE_STATES = ['open', 'sold', 'unsold', 'in_doubt', 'canceled'] as const

export const BuyerSale = component('BuyerSale', 'A lead that is offered to its buyers until one takes it.', {
  id: Id('buyer_sale', { description: 'Id.' }),
  lead_id,
  assignment_id: Id('assignment', { description: 'The assignment that began it.' }),
  buyer_key: Slug({ description: 'The buyer that it began with.', examples: ['best-leads'] }),
  state: OpenEnum(SALE_STATES, {
    description:
      'What became of it; `in_doubt` waits for somebody to ask the buyer, `canceled` means the lead went to somebody else.',
  }),
  created_at: Timestamp({ description: 'When it began.' }),
  updated_at: Timestamp({ description: 'When it last changed.' }),
  closed_at: when('When it ended.'),
})
export const BuyerSalePage = pageOf('BuyerSalePage', 'A page of sales, newest first.', BuyerSale)

export const BuyerOffer = component('BuyerOffer', 'One buyer that was asked about one lead.', {
  id: Id('buyer_offer', { description: 'Id; it is the Idempotency-Key of the calls.' }),
  sale_id: Id('buyer_sale', { description: 'The sale that it is part of.' }),
  lead_id,
  buyer_key,
  buyer_version: Int(0, 2_147_483_647, { description: 'Version of the buyer that was asked.', examples: [1] }),
  state: OpenEnum(OFFER_STATES, {
    description: '`in_doubt`: the lead was posted and the answer is lost, so nobody else is asked.',
    examples: ['sold'],
  }),
  bid: NullableRef(Amount, 'What it bid.'),
  price: NullableRef(Amount, 'What it pays.'),
  reference: Nullable(Text(500, { description: 'Its own id.', examples: ['p-4711'] })),
  reason: Nullable(
    Text(2_000, {
      description: 'Why it was not asked or did not take the lead, in its words or as a code.',
      examples: ['cap_day'],
    }),
  ),
  pinged_at: when('When it was asked for a bid.'),
  posted_at: when('When the lead was sent.'),
  answered_at: when('When its answer was read.'),
  etag: Text(40, { description: 'Changes with every change of the offer.', examples: ['"v3"'] }),
  created_at: Timestamp({ description: 'When it was made.' }),
  updated_at: Timestamp({ description: 'When it last changed.' }),
})
export const BuyerOfferPage = pageOf('BuyerOfferPage', 'A page of offers, newest first.', BuyerOffer)

const LEDGER_KINDS = ['price', 'return', 'ping_cost', 'sale_cost'] as const

export const BuyerLedgerEntry = component('BuyerLedgerEntry', 'An amount that was earned, given back or spent.', {
  id: Id('ledger_entry', { description: 'Id.' }),
  offer_id: Id('buyer_offer', { description: 'The offer that it belongs to.' }),
  lead_id,
  buyer_key,
  kind: OpenEnum(LEDGER_KINDS, { description: 'What it is for; what is given back or spent is negative.' }),
  amount_minor: Int(-MAX_AMOUNT_MINOR, MAX_AMOUNT_MINOR, MINOR),
  currency,
  occurred_at: Timestamp({ description: 'When it was entered.' }),
  actor: Text(200, { description: 'Who entered it.', examples: ['system'] }),
})
export const BuyerLedgerPage = pageOf('BuyerLedgerPage', 'A page of the ledger, newest first.', BuyerLedgerEntry)

/** The wire form of an entry. */
export function toLedgerEntry({ id, offer_id, lead_id: lead, ...entry }: LedgerEntry) {
  return {
    id: encodeTypeId('ledger_entry', id),
    offer_id: encodeTypeId('buyer_offer', offer_id),
    lead_id: encodeTypeId('lead', lead),
    ...entry,
  }
}

export const BuyerSaleCreate = input('BuyerSaleCreate', 'A lead to sell.', {
  lead_id,
  buyer_key: Slug({ description: 'The buyer to begin with.', examples: ['best-leads'] }),
})

export const BuyerOfferReturn = input('BuyerOfferReturn', 'Why the buyer gives a lead back.', {
  reason: Text(2_000, { description: 'In words of the buyer.', examples: ['Wrong number'], minLength: 1 }),
  resell: Type.Optional(
    Flag({ description: 'True offers it to the buyers that were not asked yet.', examples: [false] }),
  ),
})

export const BuyerOfferResolution = input('BuyerOfferResolution', 'What became of a lead whose answer was lost.', {
  outcome: ClosedEnum(['sold', 'not_sold'], { description: 'Whether the buyer has it; else the next one is asked.' }),
  price_minor: Type.Optional(
    Nullable(
      Int(0, MAX_AMOUNT_MINOR, {
        description: 'What it pays; its bid or its fixed price when left out.',
        examples: [null],
      }),
    ),
  ),
})

/** Filters that all three lists share. */
export const listParameters = (state: object) => ({
  lead_id: Type.Optional(Id('lead', { description: 'About this lead.' })),
  buyer_key: Type.Optional(Slug({ description: 'Of this buyer.', examples: ['best-leads'] })),
  ...state,
  limit: LimitParameter,
  cursor: CursorParameter,
})
export const OfferStateFilter = {
  state: Type.Optional(ClosedEnum(OFFER_STATES, { description: 'In this state.', examples: ['sold'] })),
}
export const SaleStateFilter = { state: Type.Optional(ClosedEnum(SALE_STATES, { description: 'In this state.' })) }
export const KindFilter = { kind: Type.Optional(ClosedEnum(LEDGER_KINDS, { description: 'Of this kind.' })) }

/** What the statements take. */
export function readSellFilter(given: {
  lead_id?: string
  buyer_key?: string
  state?: string
  kind?: string
}): SellFilter {
  return {
    lead_id: given.lead_id === undefined ? null : requireId('lead', given.lead_id),
    buyer_key: given.buyer_key ?? null,
    state: given.state ?? given.kind ?? null,
  }
}
