/** Statements about buyers, and lists of what they were offered. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import type { BuyerRow, LedgerEntry, OfferRow, SaleRow } from '../../pipeline/sell/sale-queries.ts'

const COLUMNS = 'buyer_key, id, definition, secret, version, created_at, updated_at'

const findStatement: Statement = {
  name: 'find_buyer',
  text: `SELECT ${COLUMNS} FROM buyers WHERE workspace_id = $1 AND buyer_key = $2`,
}
const lockStatement: Statement = { name: 'lock_buyer', text: `${findStatement.text} FOR UPDATE` }

/** One buyer. */
export async function findBuyer(db: Db, workspaceId: string, key: string): Promise<BuyerRow | undefined> {
  const [row] = await readInWorkspace<BuyerRow>(db, workspaceId, findStatement, [workspaceId, key])
  return row
}

/** One buyer, locked until the transaction ends. */
export async function lockBuyer(tx: Tx, key: string): Promise<BuyerRow | undefined> {
  const [row] = await tx.query<BuyerRow>(lockStatement, [tx.workspaceId, key])
  return row
}

const saveStatement: Statement = {
  name: 'save_buyer',
  text: `INSERT INTO buyers (workspace_id, buyer_key, id, definition, secret, version, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (workspace_id, buyer_key) DO UPDATE SET definition = excluded.definition, secret = excluded.secret,
      version = excluded.version, updated_at = excluded.updated_at WHERE buyers.version = excluded.version - 1
    RETURNING version`,
}

/** Writes a buyer; false when somebody else wrote it first. */
export async function saveBuyer(tx: Tx, row: BuyerRow): Promise<boolean> {
  const { buyer_key, id, definition, secret, version, created_at, updated_at } = row
  const values = [tx.workspaceId, buyer_key, id, JSON.stringify(definition), secret, version, created_at, updated_at]
  return (await tx.query(saveStatement, values)).length === 1
}

const listStatement: Statement = {
  name: 'list_buyers',
  text: `SELECT ${COLUMNS} FROM buyers WHERE workspace_id = $1 AND ($2::text IS NULL OR buyer_key > $2) ORDER BY buyer_key LIMIT $3`,
}

/** A page of buyers in the order of their keys. */
export async function listBuyers(
  db: Db,
  workspaceId: string,
  after: string | null,
  limit: number,
): Promise<BuyerRow[]> {
  return await readInWorkspace(db, workspaceId, listStatement, [workspaceId, after, limit])
}

export interface SellFilter {
  lead_id: string | null
  buyer_key: string | null
  /** State of an offer or sale, kind of an entry. */
  state: string | null
}

/** Newest first; each filter narrows when it is given. */
const listOf = (name: string, table: string, columns: string, time: string, state: string): Statement => ({
  name,
  text: `SELECT ${columns} FROM ${table} WHERE workspace_id = $1 AND ($2::uuid IS NULL OR lead_id = $2)
      AND ($3::text IS NULL OR buyer_key = $3) AND ($4::text IS NULL OR ${state} = $4)
      AND ($5::timestamptz IS NULL OR (${time}, id) < ($5, $6::uuid))
    ORDER BY ${time} DESC, id DESC LIMIT $7`,
})

const SALE = 'id, lead_id, assignment_id, buyer_key, state, attempt, created_at, updated_at, closed_at'
const ENTRY = 'id, offer_id, lead_id, buyer_key, kind, amount_minor, currency, occurred_at, actor'
const offersStatement = listOf('list_buyer_offers', 'buyer_offers', '*', 'created_at', 'state')
const salesStatement = listOf('list_buyer_sales', 'buyer_sales', SALE, 'created_at', 'state')
const ledgerStatement = listOf('list_buyer_ledger', 'buyer_ledger', ENTRY, 'occurred_at', 'kind')

type Position = [string, string] | null

async function listRows<Row>(
  db: Db,
  workspaceId: string,
  statement: Statement,
  { lead_id, buyer_key, state }: SellFilter,
  before: Position,
  limit: number,
): Promise<Row[]> {
  const [at = null, id = null] = before ?? []
  const values = [workspaceId, lead_id, buyer_key, state, at, id, limit]
  return await readInWorkspace<Row>(db, workspaceId, statement, values)
}

/** A page of offers. */
export const listOffers = (db: Db, workspaceId: string, filter: SellFilter, before: Position, limit: number) =>
  listRows<OfferRow>(db, workspaceId, offersStatement, filter, before, limit)

/** A page of sales. */
export const listSales = (db: Db, workspaceId: string, filter: SellFilter, before: Position, limit: number) =>
  listRows<SaleRow>(db, workspaceId, salesStatement, filter, before, limit)

/** A page of the ledger. */
export const listLedger = (db: Db, workspaceId: string, filter: SellFilter, before: Position, limit: number) =>
  listRows<LedgerEntry>(db, workspaceId, ledgerStatement, filter, before, limit)

const findOfferStatement: Statement = {
  name: 'find_buyer_offer',
  text: 'SELECT * FROM buyer_offers WHERE workspace_id = $1 AND id = $2',
}

/** One offer. */
export async function findOffer(db: Db, workspaceId: string, id: string): Promise<OfferRow | undefined> {
  const [row] = await readInWorkspace<OfferRow>(db, workspaceId, findOfferStatement, [workspaceId, id])
  return row
}

const lockOfferSaleStatement: Statement = {
  name: 'lock_sale_of_offer',
  text: `SELECT ${SALE} FROM buyer_sales WHERE workspace_id = $1 AND id = $2 FOR UPDATE`,
}

/** The sale of an offer, locked; its lead is locked before. */
export async function lockSale(tx: Tx, saleId: string): Promise<SaleRow | undefined> {
  const [row] = await tx.query<SaleRow>(lockOfferSaleStatement, [tx.workspaceId, saleId])
  return row
}

/** One offer as this transaction sees it. */
export async function readOffer(tx: Tx, id: string): Promise<OfferRow | undefined> {
  const [row] = await tx.query<OfferRow>(findOfferStatement, [tx.workspaceId, id])
  return row
}

const findSaleStatement: Statement = {
  name: 'find_sale',
  text: `SELECT ${SALE} FROM buyer_sales WHERE workspace_id = $1 AND id = $2`,
}

/** One sale. */
export async function findSale(db: Db, workspaceId: string, id: string): Promise<SaleRow | undefined> {
  const [row] = await readInWorkspace<SaleRow>(db, workspaceId, findSaleStatement, [workspaceId, id])
  return row
}

const findSaleOfStatement: Statement = {
  name: 'find_sale_of_assignment',
  text: `SELECT ${SALE} FROM buyer_sales WHERE workspace_id = $1 AND assignment_id = $2`,
}

/** The sale that an assignment to a buyer began. */
export async function findSaleOf(tx: Tx, assignmentId: string): Promise<SaleRow | undefined> {
  const [row] = await tx.query<SaleRow>(findSaleOfStatement, [tx.workspaceId, assignmentId])
  return row
}
