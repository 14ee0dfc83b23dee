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
  'seniority',
  'department',
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

/** Where the work on a lead stands. */
export const LEAD_STATUSES = ['new', 'working', 'nurturing', 'closed'] as const

/** Most members of each collection of a lead: beyond them a list is no longer read, and every answer carries it. */
export const LEAD_LIMITS = { tags: 100, external_ids: 50, metadata: 50, custom_fields: 200 } as const

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
  /** How sure a machine is, from 0 to 1. */
  confidence?: number
  /** When a value that was bought or looked up counts as old. */
  expires_at?: string
}

export type FieldSources = Record<string, FieldSource>

/** A lead as the decisions see it: wire names, canonical values, uuids. */
export interface LeadFacts {
  id: string
  email: string | null
  email_domain: string | null
  email_class: string | null
  phone: string | null
  phone_raw: string | null
  phone_type: string | null
  phone_country: string | null
  first_name: string | null
  last_name: string | null
  full_name: string | null
  company_name: string | null
  job_title: string | null
  seniority: string | null
  department: string | null
  website: string | null
  domain: string | null
  street: string | null
  city: string | null
  region: string | null
  postal_code: string | null
  country: string | null
  world_region: string | null
  currency: string | null
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

/**
 * The members of a lead as one plain object, whatever else the row has. Built name by name: an object of forty members
 * that comes about in another way is a dictionary to the engine, and each copy of it costs twenty times as much.
 */
export function leadFactsOf(row: LeadFacts): LeadFacts {
  return {
    id: row.id,
    email: row.email,
    email_domain: row.email_domain,
    email_class: row.email_class,
    phone: row.phone,
    phone_raw: row.phone_raw,
    phone_type: row.phone_type,
    phone_country: row.phone_country,
    first_name: row.first_name,
    last_name: row.last_name,
    full_name: row.full_name,
    company_name: row.company_name,
    job_title: row.job_title,
    seniority: row.seniority,
    department: row.department,
    website: row.website,
    domain: row.domain,
    street: row.street,
    city: row.city,
    region: row.region,
    postal_code: row.postal_code,
    country: row.country,
    world_region: row.world_region,
    currency: row.currency,
    language: row.language,
    time_zone: row.time_zone,
    stage_key: row.stage_key,
    status: row.status,
    source_key: row.source_key,
    campaign_key: row.campaign_key,
    owner_id: row.owner_id,
    account_id: row.account_id,
    tags: row.tags,
    custom_fields: row.custom_fields,
    metadata: row.metadata,
    external_ids: row.external_ids,
    archived: row.archived,
    version: row.version,
    created_at: row.created_at,
    updated_at: row.updated_at,
  }
}

/** A lead that nothing is known of: every field that somebody may give is null. */
export const BLANK_LEAD = {
  email: null,
  email_domain: null,
  email_class: null,
  phone: null,
  phone_raw: null,
  phone_type: null,
  phone_country: null,
  first_name: null,
  last_name: null,
  full_name: null,
  company_name: null,
  job_title: null,
  seniority: null,
  department: null,
  website: null,
  domain: null,
  street: null,
  city: null,
  region: null,
  postal_code: null,
  country: null,
  world_region: null,
  currency: null,
  language: null,
  time_zone: null,
  campaign_key: null,
  source_key: null,
  owner_id: null,
  account_id: null,
} as const
