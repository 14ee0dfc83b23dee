/** Sales as due work: claimed under a lease, every step committed before and after the call that it makes. */
import type { Statement, Tx } from '../../db/client.ts'
import type { BuyerDefinition } from '../../domain/buyer/buyer.ts'
import type { OfferState } from '../../domain/buyer/sale.ts'

export interface SaleRow {
  id: string
  lead_id: string
  assignment_id: string
  buyer_key: string
  state: 'open' | 'sold' | 'unsold' | 'in_doubt' | 'canceled'
  attempt: number
  created_at: string
  updated_at: string
  closed_at: string | null
}

export interface OfferRow {
  id: string
  sale_id: string
  lead_id: string
  buyer_key: string
  buyer_version: number
  state: OfferState
  reserved_day: string | null
  currency: string
  bid_minor: number | null
  price_minor: number | null
  reference: string | null
  reason: string | null
  pinged_at: string | null
  posted_at: string | null
  answered_at: string | null
  version: number
  created_at: string
  updated_at: string
}

export interface BuyerRow {
  buyer_key: string
  id: string
  definition: BuyerDefinition
  secret: Buffer | null
  version: number
  created_at: string
  updated_at: string
}

export const sweepDueSales: Statement = {
  name: 'sweep_due_sales',
  text: `SELECT DISTINCT workspace_id FROM (SELECT workspace_id FROM buyer_sales
      WHERE due_at <= now() AND (lease_until IS NULL OR lease_until < now()) ORDER BY due_at LIMIT 10000) AS due LIMIT $1`,
}

const startStatement: Statement = {
  name: 'start_buyer_sales',
  text: `INSERT INTO buyer_sales (workspace_id, id, lead_id, assignment_id, buyer_key, state, due_at, attempt, created_at, updated_at)
    SELECT $1, s.id, s.lead_id, s.assignment_id, s.buyer_key, 'open', now(), 0, $3, $3
    FROM jsonb_to_recordset($2::jsonb) AS s (id uuid, lead_id uuid, assignment_id uuid, buyer_key text)`,
}

export interface NewSale {
  id: string
  lead_id: string
  assignment_id: string
  buyer_key: string
}

/** Starts sales; they are due at once. */
export async function insertSales(tx: Tx, sales: NewSale[], now: Date): Promise<void> {
  if (sales.length === 0) return
  await tx.query(startStatement, [tx.workspaceId, JSON.stringify(sales), now.toISOString()])
  tx.announce('sales')
}

const cancelStatement: Statement = {
  name: 'cancel_buyer_sales',
  text: `UPDATE buyer_sales SET state = 'canceled', due_at = now(), updated_at = $3, closed_at = $3
    WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[]) AND state = 'open'`,
}

/** Cancels the open sales of leads that somebody else got; a call that is under way is waited for, and then told. */
export async function cancelSales(tx: Tx, leadIds: string[], now: Date): Promise<void> {
  if (leadIds.length > 0) await tx.query(cancelStatement, [tx.workspaceId, leadIds, now.toISOString()])
}

const COLUMNS = 'id, lead_id, assignment_id, buyer_key, state, attempt, created_at, updated_at, closed_at'

const claimStatement: Statement = {
  name: 'claim_buyer_sales',
  text: `UPDATE buyer_sales SET lease_until = now() + $3 * interval '1 second', attempt = attempt + 1
    WHERE workspace_id = $1 AND id = ANY (ARRAY(
      SELECT id FROM buyer_sales WHERE workspace_id = $1 AND due_at <= now() AND (lease_until IS NULL OR lease_until < now())
      ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED))
    RETURNING ${COLUMNS}`,
}

/** Takes up to `limit` due sales. */
export async function claimSales(tx: Tx, limit: number, leaseSeconds: number): Promise<SaleRow[]> {
  return await tx.query(claimStatement, [tx.workspaceId, limit, leaseSeconds])
}

const holdStatement: Statement = {
  name: 'hold_buyer_sale',
  text: `UPDATE buyer_sales SET lease_until = now() + $4 * interval '1 second'
    WHERE workspace_id = $1 AND id = $2 AND attempt = $3 RETURNING ${COLUMNS}`,
}

/** Renews the lease and locks the sale; undefined when another worker has taken it over. */
export async function holdSale(tx: Tx, sale: SaleRow, leaseSeconds: number): Promise<SaleRow | undefined> {
  const [row] = await tx.query<SaleRow>(holdStatement, [tx.workspaceId, sale.id, sale.attempt, leaseSeconds])
  return row
}

const closeStatement: Statement = {
  name: 'close_buyer_sale',
  text: `UPDATE buyer_sales SET state = CASE WHEN state = 'canceled' AND $3 = 'unsold' THEN state ELSE $3 END, due_at = NULL,
      lease_until = NULL, updated_at = $4, closed_at = coalesce(closed_at, $4)
    WHERE workspace_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
}

/** Ends a sale; one that was canceled and has no buyer stays canceled. */
export async function closeSale(tx: Tx, saleId: string, state: string, now: Date): Promise<SaleRow | undefined> {
  const [row] = await tx.query<SaleRow>(closeStatement, [tx.workspaceId, saleId, state, now.toISOString()])
  return row
}

const reopenStatement: Statement = {
  name: 'reopen_buyer_sale',
  text: `UPDATE buyer_sales AS s SET state = CASE WHEN a.ended_at IS NULL THEN 'open' ELSE 'canceled' END, due_at = now(),
      lease_until = NULL, updated_at = $3, closed_at = CASE WHEN a.ended_at IS NOT NULL THEN $3::timestamptz END
    FROM assignments a WHERE s.workspace_id = $1 AND s.id = $2 AND s.state IN ('in_doubt', 'sold')
      AND a.workspace_id = $1 AND a.id = s.assignment_id`,
}

/** Lets a sale go on whose doubt was settled; it is canceled when somebody else has got the lead meanwhile, or nobody may. */
export async function reopenSale(tx: Tx, saleId: string, now: Date): Promise<void> {
  await tx.query(reopenStatement, [tx.workspaceId, saleId, now.toISOString()])
  tx.announce('sales')
}

const putOffStatement: Statement = {
  name: 'put_off_buyer_sale',
  text: `UPDATE buyer_sales SET due_at = now() + $4 * interval '1 second', lease_until = NULL
    WHERE workspace_id = $1 AND id = $2 AND attempt = $3 AND due_at IS NOT NULL`,
}

/** Tries a sale again later, after a failure of ours. */
export async function putOffSale(tx: Tx, sale: SaleRow, seconds: number): Promise<void> {
  await tx.query(putOffStatement, [tx.workspaceId, sale.id, sale.attempt, seconds])
}

const listBuyersStatement: Statement = {
  name: 'list_buyers_by_key',
  text: `SELECT buyer_key, id, definition, secret, version, created_at, updated_at FROM buyers
    WHERE workspace_id = $1 AND buyer_key = ANY($2::text[])`,
}

/** Buyers by their keys. */
export async function listBuyersByKey(tx: Tx, keys: string[]): Promise<Map<string, BuyerRow>> {
  const rows = await tx.query<BuyerRow>(listBuyersStatement, [tx.workspaceId, keys])
  return new Map(rows.map((row) => [row.buyer_key, row]))
}

const listOffersStatement: Statement = {
  name: 'list_offers_of_sale',
  text: 'SELECT * FROM buyer_offers WHERE workspace_id = $1 AND sale_id = $2 ORDER BY created_at, id',
}

/** All offers of a sale, in the order in which they were made. */
export async function listOffersOfSale(tx: Tx, saleId: string): Promise<OfferRow[]> {
  return await tx.query(listOffersStatement, [tx.workspaceId, saleId])
}

const saveOffersStatement: Statement = {
  name: 'save_buyer_offers',
  text: `INSERT INTO buyer_offers SELECT * FROM jsonb_populate_recordset(null::buyer_offers, $1::jsonb)
    ON CONFLICT (workspace_id, id) DO UPDATE SET state = excluded.state, reserved_day = excluded.reserved_day,
      bid_minor = excluded.bid_minor, price_minor = excluded.price_minor, reference = excluded.reference, reason = excluded.reason,
      pinged_at = excluded.pinged_at, posted_at = excluded.posted_at, answered_at = excluded.answered_at,
      version = excluded.version, updated_at = excluded.updated_at`,
}

/** Inserts offers or writes what has become of them; the lock on their sale orders the writers. */
export async function saveOffers(tx: Tx, offers: OfferRow[]): Promise<void> {
  if (offers.length === 0) return
  const rows = offers.map((offer) => ({ workspace_id: tx.workspaceId, ...offer }))
  await tx.query(saveOffersStatement, [JSON.stringify(rows)])
}

const ledgerStatement: Statement = {
  name: 'insert_ledger_entries',
  text: 'INSERT INTO buyer_ledger SELECT * FROM jsonb_populate_recordset(null::buyer_ledger, $1::jsonb)',
}

export interface LedgerEntry {
  id: string
  offer_id: string
  lead_id: string
  buyer_key: string
  kind: 'price' | 'return' | 'ping_cost' | 'sale_cost'
  amount_minor: number
  currency: string
  occurred_at: string
  actor: string
}

/** Adds entries; those of no amount tell nothing and are left out. */
export async function insertLedger(tx: Tx, entries: LedgerEntry[]): Promise<void> {
  const rows = entries
    .filter(({ amount_minor }) => amount_minor !== 0)
    .map((entry) => ({ workspace_id: tx.workspaceId, ...entry }))
  if (rows.length > 0) await tx.query(ledgerStatement, [JSON.stringify(rows)])
}
