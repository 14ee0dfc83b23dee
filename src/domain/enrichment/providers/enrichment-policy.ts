// The enrichment policy of a workspace: providers are asked one after the other until the wanted fields are filled. All
// of it is data: how a provider is asked, which part of its answer goes into which field, what it costs, how often it
// may be asked, and what happens when it is down.
import type { Condition } from '../../condition/condition-shape.ts'
import { LEAD_TEXT_FIELDS } from '../../lead.ts'

/** A workspace has one policy of the kind; its key in the store. */
export const ENRICHMENT_KEY = 'default'

/** Fields of a lead that a provider may write. An e-mail address says who somebody is: no machine hands one out. */
export const LEAD_TARGETS: readonly string[] = LEAD_TEXT_FIELDS.filter((field) => field !== 'email')

/** Fields of the lead's company that a provider may write, into blanks only. */
export const ACCOUNT_TARGETS: readonly string[] = [
  'name',
  'website',
  'industry',
  'employee_count',
  'phone',
  'street',
  'city',
  'region',
  'postal_code',
  'country',
].map((field) => `account.${field}`)

/** What providers may be asked with: a field of the lead, or `custom_fields.<key>`. */
export const LEAD_INPUTS: readonly string[] = [...LEAD_TEXT_FIELDS, 'domain', 'email_domain', 'phone_country']

export const POLICY_LIMITS = { providers: 20, headers: 20, fields: 60, values: 100, body_bytes: 16_384 } as const

export interface FieldMapping {
  target: string
  /** RFC 6901, into the answer. */
  pointer: string
  confidence: number | null
  /** The provider's words for ours; empty takes values as they are, otherwise what is not in it is left out. */
  values: Record<string, string>
}

export interface ProviderRequest {
  method: 'GET' | 'POST'
  url: string
  headers: { name: string; value: string }[]
  /** Any JSON whose texts are templates; null sends none. */
  body: Record<string, unknown> | null
}

export interface EnrichmentProvider {
  key: string
  /** `http` asks a service; `company_page` reads the first page of the lead's domain. */
  kind: 'http' | 'company_page'
  enabled: boolean
  request: ProviderRequest | null
  fields: FieldMapping[]
  /** Where the answer tells how sure it is (0 to 1, or 0 to 100); null uses `confidence`. */
  confidence_pointer: string | null
  confidence: number
  /** Statuses that mean "nothing known": no fault, and remembered. */
  empty_statuses: number[]
  price_micros: number
  charged: 'always' | 'found'
  daily_budget_micros: number | null
  rate_calls: number | null
  rate_seconds: number
  timeout_ms: number
  max_attempts: number
  cache_seconds: number
  empty_cache_seconds: number
  /** After so many days a value counts as old; null never. */
  expires_after_days: number | null
}

export interface EnrichmentPolicy {
  /** What becomes of a lead whose domain is a company's: joined to that account, also to a new one, or left. */
  accounts: 'off' | 'link' | 'create'
  /** Which leads providers are asked about; null all. */
  filter: Condition | null
  /** Ask on capture and when an input changes; false only on demand. */
  automatic: boolean
  /** Stop when these are filled; empty means every target of the providers. */
  wanted: string[]
  min_confidence: number
  /** `empty` fills blanks; `better` also replaces what a machine was less sure of. A person's word always stays. */
  fill: 'empty' | 'better'
  refresh_after_days: number | null
  max_cost_micros: number | null
  daily_budget_micros: number | null
  /** ISO 4217, of all amounts here. */
  currency: string
  providers: EnrichmentProvider[]
}

/** What a workspace follows before it publishes anything: leads join the companies that are there, nobody is asked. */
export const FIRST_POLICY: EnrichmentPolicy = {
  accounts: 'link',
  filter: null,
  automatic: true,
  wanted: [],
  min_confidence: 0,
  fill: 'empty',
  refresh_after_days: null,
  max_cost_micros: null,
  daily_budget_micros: null,
  currency: 'EUR',
  providers: [],
}

/** The fields whose filling ends a run. */
export function wantedOf({ wanted, providers }: EnrichmentPolicy): string[] {
  const all = providers.filter(({ enabled }) => enabled).flatMap(({ fields }) => fields.map(({ target }) => target))
  return wanted.length > 0 ? wanted : [...new Set(all)]
}
