// An outside buyer of leads: where it is called, what it is told, what it pays, and how many leads it wants. A buyer of
// mode `post` is given the lead at a fixed price. One of mode `ping_post` is first told what is not personal, names a
// price, and gets the person only when it wins.
import type { Condition } from '../condition/condition-shape.ts'

export const BUYER_MODES = ['post', 'ping_post'] as const
export type BuyerMode = (typeof BUYER_MODES)[number]

/** How several buyers of one sale are asked: one after the other, or all at once and the best price first. */
export const SALE_ORDERS = ['listed', 'best_price'] as const
export type SaleOrder = (typeof SALE_ORDERS)[number]

export const BODY_FORMATS = ['json', 'form'] as const
export type BodyFormat = (typeof BODY_FORMATS)[number]

export const PRICE_UNITS = ['minor', 'major'] as const
export type PriceUnit = (typeof PRICE_UNITS)[number]

/** A name and a text with placeholders such as `{{first_name}}`. */
export interface NamedTemplate {
  name: string
  value: string
}

/** How an answer is read; paths are member names with dots, such as `result.price`. */
export interface AnswerRules {
  /** Null: every answer of 2xx accepts. */
  accepted_path: string | null
  /** Texts, numbers or booleans as text, without regard to case. */
  accepted_values: string[]
  price_path: string | null
  price_unit: PriceUnit
  reference_path: string | null
  reason_path: string | null
}

/** One call of a buyer. */
export interface BuyerCall {
  url: string
  format: BodyFormat
  headers: NamedTemplate[]
  /** Names with dots make objects in a JSON body. */
  fields: NamedTemplate[]
  timeout_seconds: number
  answer: AnswerRules
}

export interface BuyerDefinition {
  name: string
  active: boolean
  mode: BuyerMode
  /** Leads that it wants; null wants all. */
  condition: Condition | null
  ping: BuyerCall | null
  post: BuyerCall
  /** ISO 4217. */
  currency: string
  /** What it pays for a lead; in mode `ping_post` the least bid that is taken. */
  price_minor: number
  /** What one ping and one sold lead cost us. */
  ping_cost_minor: number
  sale_cost_minor: number
  cap_day: number | null
  cap_total: number | null
  /** IANA; the days of `cap_day` are those of this zone. */
  time_zone: string
  /** Who is asked beside or after it, when a sale begins with this buyer. */
  next_buyers: string[]
  order: SaleOrder
  /** How long it may give a lead back; 0 never. */
  return_days: number
}

export const BUYER_LIMITS = {
  fields: 200,
  headers: 20,
  next_buyers: 20,
  timeout_seconds: 15,
  accepted_values: 20,
} as const

/** Place of a buyer's secret: what it is sealed for. */
export const buyerSecretPlace = (workspaceId: string, buyerKey: string) => `${workspaceId}/buyers/${buyerKey}/secret`
