/** Buyers owns the outside buyers of leads; the pipeline sells to them (pipeline/sell/). */
import type { Room } from '../../http/route.ts'
import { createBuyerSale } from './routes/create-buyer-sale.ts'
import { getBuyer } from './routes/get-buyer.ts'
import { getBuyerOffer } from './routes/get-buyer-offer.ts'
import { getBuyerSale } from './routes/get-buyer-sale.ts'
import { listBuyerLedger } from './routes/list-buyer-ledger.ts'
import { listBuyerOffers } from './routes/list-buyer-offers.ts'
import { listBuyerSales } from './routes/list-buyer-sales.ts'
import { listBuyers } from './routes/list-buyers.ts'
import { putBuyer } from './routes/put-buyer.ts'
import { resolveBuyerOffer } from './routes/resolve-buyer-offer.ts'
import { returnBuyerOffer } from './routes/return-buyer-offer.ts'

export const buyers: Room = {
  folder: 'buyers',
  tag: 'Buyers',
  description: 'Outside buyers of leads, what they were offered, and what they owe.',
  routes: [
    listBuyers,
    getBuyer,
    putBuyer,
    listBuyerSales,
    createBuyerSale,
    getBuyerSale,
    listBuyerOffers,
    getBuyerOffer,
    returnBuyerOffer,
    resolveBuyerOffer,
    listBuyerLedger,
  ],
}
