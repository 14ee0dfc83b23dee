/** Buyers of leads, what they were offered, and what they owe. Written by: features/buyers (buyers), pipeline/sell (the rest). */
import { sql } from 'drizzle-orm'
import { bigint, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { BuyerDefinition } from '../../domain/buyer/buyer.ts'
import { bytea } from './bytea.ts'
import { moment, workspaceId } from './columns.ts'
import { leads } from './leads.ts'

export const buyers = pgTable(
  'buyers',
  {
    workspace_id: workspaceId(),
    buyer_key: text('buyer_key').notNull(),
    id: uuid('id').notNull(),
    definition: jsonb('definition').$type<BuyerDefinition>().notNull(),
    /** What the calls authenticate with, sealed; null without one. */
    secret: bytea('secret'),
    version: integer('version').notNull(),
    created_at: moment('created_at').notNull(),
    updated_at: moment('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.buyer_key] })],
)

/** Leads that a buyer has or may get: reserved at the ping, given back on a loss. `period` is a local day, or `total`. */
export const buyerQuotas = pgTable(
  'buyer_quotas',
  {
    workspace_id: workspaceId(),
    buyer_key: text('buyer_key').notNull(),
    period: text('period').notNull(),
    used: integer('used').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.buyer_key, t.period] })],
)

/** One lead that is to be sold, to whichever of its buyers takes it. */
export const buyerSales = pgTable(
  'buyer_sales',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    lead_id: uuid('lead_id').notNull(),
    assignment_id: uuid('assignment_id').notNull(),
    /** The buyer that it began with. */
    buyer_key: text('buyer_key').notNull(),
    /** `open`, `sold`, `unsold`, `in_doubt`, `canceled`. */
    state: text('state').notNull(),
    due_at: moment('due_at'),
    lease_until: moment('lease_until'),
    attempt: integer('attempt').notNull(),
    created_at: moment('created_at').notNull(),
    updated_at: moment('updated_at').notNull(),
    closed_at: moment('closed_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index('buyer_sales_due_ix').on(t.due_at, t.workspace_id).where(sql`due_at is not null`),
    index('buyer_sales_lead_ix').on(t.workspace_id, t.lead_id),
    index('buyer_sales_assignment_ix').on(t.workspace_id, t.assignment_id),
    foreignKey({ columns: [t.workspace_id, t.lead_id], foreignColumns: [leads.workspace_id, leads.id] }),
  ],
)

/** One buyer that was asked about one lead, and what came of it (domain/buyer/sale.ts). */
export const buyerOffers = pgTable(
  'buyer_offers',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    sale_id: uuid('sale_id').notNull(),
    lead_id: uuid('lead_id').notNull(),
    buyer_key: text('buyer_key').notNull(),
    buyer_version: integer('buyer_version').notNull(),
    state: text('state').notNull(),
    /** Local day whose cap holds a place for it; null when none is held. */
    reserved_day: text('reserved_day'),
    currency: text('currency').notNull(),
    bid_minor: bigint('bid_minor', { mode: 'number' }),
    price_minor: bigint('price_minor', { mode: 'number' }),
    reference: text('reference'),
    reason: text('reason'),
    pinged_at: moment('pinged_at'),
    posted_at: moment('posted_at'),
    answered_at: moment('answered_at'),
    version: integer('version').notNull(),
    created_at: moment('created_at').notNull(),
    updated_at: moment('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index('buyer_offers_sale_ix').on(t.workspace_id, t.sale_id),
    index('buyer_offers_time_ix').on(t.workspace_id, t.created_at, t.id),
    index('buyer_offers_lead_ix').on(t.workspace_id, t.lead_id),
  ],
)

/** What was earned and spent, in minor units; a return is an entry of its own. Only added to. */
export const buyerLedger = pgTable(
  'buyer_ledger',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    offer_id: uuid('offer_id').notNull(),
    lead_id: uuid('lead_id').notNull(),
    buyer_key: text('buyer_key').notNull(),
    /** `price` (earned), `return` (given back), `ping_cost` and `sale_cost` (spent); spent and given back are negative. */
    kind: text('kind').notNull(),
    amount_minor: bigint('amount_minor', { mode: 'number' }).notNull(),
    currency: text('currency').notNull(),
    occurred_at: moment('occurred_at').notNull(),
    actor: text('actor').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index('buyer_ledger_time_ix').on(t.workspace_id, t.occurred_at, t.id),
  ],
)
