// A lead is one person or contact that may buy. Its fields are what people typed or machines found out;
// each field knows its source (domain.md, ground rule 5).

/** Fields that a form or an API may write and that survivorship decides about, one by one. */
export const LEAD_TEXT_FIELDS = [
  'email',
  'phone',
  'first_name',
  'last_name',
  'full_name',
  'company_name',
  'job_title',
  'website',
  'street',
  'city',
  'region',
  'postal_code',
  'country',
  'language',
  'time_zone',
] as const

export type LeadTextField = (typeof LEAD_TEXT_FIELDS)[number]

/** The id of the same person in another system. */
export interface ExternalId {
  system: string
  external_id: string
}

/** Who wrote a field: a person (typed in a form, or by an API user) or a machine (enrichment, inference). */
export interface FieldSource {
  by: 'person' | 'machine'
  source: string
  at: string
}

export type FieldSources = Record<string, FieldSource>

/** A lead as the decisions see it: wire names, canonical values, uuids. */
export interface LeadFacts {
  id: string
  email: string | null
  email_domain: string | null
  phone: string | null
  phone_raw: string | null
  first_name: string | null
  last_name: string | null
  full_name: string | null
  company_name: string | null
  job_title: string | null
  website: string | null
  domain: string | null
  street: string | null
  city: string | null
  region: string | null
  postal_code: string | null
  country: string | null
  language: string | null
  time_zone: string | null
  stage_key: string
  status: string
  source_key: string | null
  campaign_key: string | null
  owner_id: string | null
  account_id: string | null
  tags: string[]
  custom_fields: Record<string, unknown>
  metadata: Record<string, string>
  external_ids: ExternalId[]
  archived: boolean
  version: number
  created_at: string
  updated_at: string
}
