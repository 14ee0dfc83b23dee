/**
 * Due sales of one workspace. Each step of a sale is committed before the call that it makes and again after the answer,
 * so a worker that dies leaves either a ping, which is repeated, or a post without an answer, which is in doubt and never
 * repeated: a lead is given to at most one buyer.
 */
import type { Ctx } from '../../ctx.ts'
import { isConnectionFault, sqlStateOf, type Tx, withWorkspace } from '../../db/client.ts'
import { decideSaleStep, type SaleStep } from '../../domain/buyer/sale.ts'
import { withJourney } from '../with-journey.ts'
import { newOffer } from './new-offer.ts'
import { type PlannedCall, pingBuyers } from './ping-buyers.ts'
import { postLead } from './post-lead.ts'
import { givePlaces } from './quotas.ts'
import { LEASE_SECONDS, openBookOf, type SaleBook } from './sale-book.ts'
import { claimSales, closeSale, putOffSale, type SaleRow, saveOffers } from './sale-queries.ts'
import { moveOffer, SELLER, tellOffer, tellUnsold } from './settle-offer.ts'

/** Sales at one time; a slow buyer holds up at most so many. */
const AT_ONCE = 20
/** Wait after a failure of ours. */
const RETRY_SECONDS = 30
/** Runs everything due, or until told to stop; returns how many sales were looked at. */
export async function runSales(
  ctx: Ctx,
  workspaceId: string,
  isStopping: () => boolean = () => false,
): Promise<number> {
  let looked = 0
  while (!isStopping()) {
    const sales = await withWorkspace(ctx.db, workspaceId, (tx) => claimSales(tx, AT_ONCE, LEASE_SECONDS))
    if (sales.length === 0) return looked
    await Promise.all(sales.map((sale) => runSale(ctx, workspaceId, sale)))
    looked += sales.length
  }
  return looked
}

async function runSale(ctx: Ctx, workspaceId: string, sale: SaleRow): Promise<void> {
  try {
    while (await takeStep(ctx, workspaceId, sale)) {
      // Each step decides from what the one before has left.
    }
  } catch (error) {
    if (isConnectionFault(error)) throw error
    ctx.log.error({ sale_id: sale.id, sqlstate: sqlStateOf(error) }, 'a sale could not go on; put off')
    await withWorkspace(ctx.db, workspaceId, (tx) => putOffSale(tx, sale, RETRY_SECONDS))
  }
}

/** One step; false when the sale is closed, or is another worker's now. */
async function takeStep(ctx: Ctx, workspaceId: string, sale: SaleRow): Promise<boolean> {
  const now = ctx.now()
  const planned = await withJourney(ctx.db, workspaceId, async (tx) => {
    const book = await openBookOf(tx, sale, now)
    if (book === undefined) return null
    const step = stepOf(book)
    return { book, step, calls: await prepareStep(tx, book, step, now) }
  })
  if (planned === null || planned.step.kind === 'close') return false
  const { book, step, calls } = planned
  if (step.kind === 'ping') await pingBuyers.run(ctx, workspaceId, book, calls)
  if (step.kind === 'post') await postLead.run(ctx, workspaceId, book, calls)
  return true
}

/** Writes what must be known before anybody is called; returns the calls to make. */
async function prepareStep(tx: Tx, book: SaleBook, step: SaleStep, now: Date): Promise<PlannedCall[]> {
  if (step.kind === 'ping') return await pingBuyers.prepare(tx, book, step.buyer_keys, now)
  if (step.kind === 'post') return await postLead.prepare(tx, book, step, now)
  if (step.kind === 'close') await close(tx, book, step.state, now)
  else
    await saveOffers(
      tx,
      step.buyers.map(({ buyer_key, reason }) => newOffer(book, buyer_key, 'skipped', { reason }, now)),
    )
  return []
}

/** Ends the sale: a post without an answer is in doubt, and bids that nobody needs any more are lost. */
async function close(tx: Tx, { sale, offers }: SaleBook, state: string, now: Date): Promise<void> {
  for (const offer of offers.filter((one) => one.state === 'posting')) {
    const doubted = moveOffer(offer, 'in_doubt', { reason: 'interrupted' }, now)
    await saveOffers(tx, [doubted])
    await tellOffer(tx, SELLER, 'buyer_offer.in_doubt', 'lead_sale_in_doubt', doubted, now)
  }
  // While it is in doubt the bids stay: the next best gets the lead when the doubt is settled against the first.
  const over = state === 'in_doubt' ? [] : offers.filter((one) => one.state === 'bid' || one.state === 'pinging')
  const freed = await givePlaces(tx, over)
  await saveOffers(
    tx,
    freed.map((offer) => moveOffer(offer, 'lost', {}, now)),
  )
  const closed = await closeSale(tx, sale.id, state, now)
  if (closed?.state === 'unsold') tellUnsold(tx, SELLER, closed, now)
}

/** A canceled sale asks nobody any more, and its bids are lost. */
function stepOf({ sale, order, candidates, offers }: SaleBook): SaleStep {
  const kept = sale.state === 'canceled' ? offers.filter(({ state }) => state !== 'bid' && state !== 'pinging') : offers
  return decideSaleStep(order, candidates, kept)
}
