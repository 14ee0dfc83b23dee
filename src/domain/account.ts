// An account is a company that leads belong to. It is recognized by its domain (the registrable one: www.shop.example
// and shop.example are one company) and by its ids in other systems; names repeat, so they recognize nobody.
import type { ExternalId } from './lead.ts'

/** An amount in the smallest unit of its currency. */
export interface Money {
  amount_minor: number
  currency: string
}

/** One-line texts of an account. */
export const ACCOUNT_TEXT_FIELDS = [
  'name',
  'website',
  'domain',
  'industry',
  'phone',
  'street',
  'city',
  'region',
  'postal_code',
  'country',
] as const

export type AccountTextField = (typeof ACCOUNT_TEXT_FIELDS)[number]

/** An account as it is stored and decided about: wire names, canonical values, uuids. */
export interface AccountFacts {
  id: string
  name: string | null
  website: string | null
  domain: string | null
  industry: string | null
  employee_count: number | null
  annual_revenue: Money | null
  phone: string | null
  street: string | null
  city: string | null
  region: string | null
  postal_code: string | null
  country: string | null
  owner_id: string | null
  tags: string[]
  custom_fields: Record<string, unknown>
  metadata: Record<string, string>
  external_ids: ExternalId[]
  archived: boolean
  version: number
  created_at: string
  updated_at: string
}

export const BLANK_ACCOUNT = {
  name: null,
  website: null,
  domain: null,
  industry: null,
  employee_count: null,
  annual_revenue: null,
  phone: null,
  street: null,
  city: null,
  region: null,
  postal_code: null,
  country: null,
  owner_id: null,
} as const
