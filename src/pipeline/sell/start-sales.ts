/** A lead that is assigned to a buyer is a sale; one that goes to somebody else meanwhile is none any more. */
import type { Tx } from '../../db/client.ts'
import { newId } from '../../domain/new-id.ts'
import type { Desk } from '../desk.ts'
import { mayHaveOpen } from '../route/assignment-order.ts'
import { cancelSales, insertSales } from './sale-queries.ts'

/** Starts and cancels the sales that the orders of a desk mean. */
export async function startSales(tx: Tx, { orders }: Desk, now: Date): Promise<void> {
  if (orders.size === 0) return
  const sorted = [...orders].sort(([a], [b]) => (a < b ? -1 : 1))
  // An assignment that ends because its sale has ended cancels nothing: that sale is closed already.
  await cancelSales(
    tx,
    sorted.flatMap(([leadId, order]) => (mayHaveOpen(order) ? [leadId] : [])),
    now,
  )
  const sales = sorted.flatMap(([lead_id, { start }]) =>
    start?.target.kind === 'buyer'
      ? [{ id: newId(), lead_id, assignment_id: start.id, buyer_key: start.target.buyer_key }]
      : [],
  )
  await insertSales(tx, sales, now)
}
