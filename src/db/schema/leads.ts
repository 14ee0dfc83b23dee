/** Leads, what identifies them, and what happened to them. Written by: pipeline (all), features/leads through it. */
import { sql } from 'drizzle-orm'
import { boolean, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { ExternalId, FieldSources } from '../../domain/lead.ts'
import { accounts } from './accounts.ts'
import { moment, workspaceId } from './columns.ts'

export const leads = pgTable(
  'leads',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    email: text('email'),
    email_domain: text('email_domain'),
    phone: text('phone'),
    phone_raw: text('phone_raw'),
    first_name: text('first_name'),
    last_name: text('last_name'),
    full_name: text('full_name'),
    company_name: text('company_name'),
    job_title: text('job_title'),
    website: text('website'),
    domain: text('domain'),
    street: text('street'),
    city: text('city'),
    region: text('region'),
    postal_code: text('postal_code'),
    country: text('country'),
    language: text('language'),
    time_zone: text('time_zone'),
    stage_key: text('stage_key').notNull(),
    status: text('status').notNull(),
    source_key: text('source_key'),
    campaign_key: text('campaign_key'),
    owner_id: uuid('owner_id'),
    account_id: uuid('account_id'),
    tags: text('tags').array().notNull(),
    custom_fields: jsonb('custom_fields').$type<Record<string, unknown>>().notNull(),
    metadata: jsonb('metadata').$type<Record<string, string>>().notNull(),
    external_ids: jsonb('external_ids').$type<ExternalId[]>().notNull(),
    archived: boolean('archived').notNull(),
    version: integer('version').notNull(),
    created_at: moment('created_at').notNull(),
    updated_at: moment('updated_at').notNull(),
    // What the other fields tell (domain/enrichment/built-in.ts). Columns, not a table beside: conditions ask for them
    // as cheaply as for any other, and no capture writes a further row.
    email_class: text('email_class'),
    phone_type: text('phone_type'),
    phone_country: text('phone_country'),
    seniority: text('seniority'),
    department: text('department'),
    world_region: text('world_region'),
    currency: text('currency'),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    // Each index is paid at every capture (performance.md 4): only the two orders that lists page by.
    index('leads_created_ix').on(t.workspace_id, t.created_at, t.id),
    index('leads_updated_ix').on(t.workspace_id, t.updated_at, t.id),
    // Costs nothing at the capture of a lead without a company.
    index('leads_account_ix').on(t.workspace_id, t.account_id, t.created_at, t.id).where(sql`account_id is not null`),
    foreignKey({ columns: [t.workspace_id, t.account_id], foreignColumns: [accounts.workspace_id, accounts.id] }),
  ],
)

/**
 * What the search box finds a lead by, folded: apart from the lead, because it changes only with a name, while every
 * write of a lead touches all indexes of its table. No foreign key: it can be written anew from the leads at any time.
 */
export const leadSearch = pgTable(
  'lead_search',
  {
    workspace_id: workspaceId(),
    lead_id: uuid('lead_id').notNull(),
    email: text('email'),
    last_name: text('last_name'),
    full_name: text('full_name'),
    company_name: text('company_name'),
  },
  // Pattern operators, whatever the collation of the database: they read a beginning as a range, and row-level
  // security lets them use the index (LIKE is not leakproof).
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.lead_id] }),
    index('lead_search_email_ix').on(t.workspace_id, t.email.op('text_pattern_ops')),
    index('lead_search_last_name_ix').on(t.workspace_id, t.last_name.op('text_pattern_ops')),
    index('lead_search_full_name_ix').on(t.workspace_id, t.full_name.op('text_pattern_ops')),
    index('lead_search_company_ix').on(t.workspace_id, t.company_name.op('text_pattern_ops')),
  ],
)

/** Where each field of a lead comes from: who typed it or which machine wrote it, and when. */
export const leadFieldSources = pgTable(
  'lead_field_sources',
  {
    workspace_id: workspaceId(),
    lead_id: uuid('lead_id').notNull(),
    sources: jsonb('sources').$type<FieldSources>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.lead_id] }),
    foreignKey({ columns: [t.workspace_id, t.lead_id], foreignColumns: [leads.workspace_id, leads.id] }),
  ],
)

/**
 * What identifies a lead exactly: `email` (match key), `phone` (E.164), `external:<system>`, `visitor`. The primary key
 * is what makes capture atomic: the second writer of one value waits, then sees the first.
 */
export const identities = pgTable(
  'identities',
  {
    workspace_id: workspaceId(),
    kind: text('kind').notNull(),
    value: text('value').notNull(),
    lead_id: uuid('lead_id').notNull(),
    created_at: moment('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.kind, t.value] }),
    index('identities_lead_ix').on(t.workspace_id, t.lead_id),
    foreignKey({ columns: [t.workspace_id, t.lead_id], foreignColumns: [leads.workspace_id, leads.id] }),
  ],
)

/** One line of a lead's timeline; low volume, never deleted by retention. Recorded ones: features/activities. */
export const activities = pgTable(
  'activities',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    lead_id: uuid('lead_id').notNull(),
    type: text('type').notNull(),
    occurred_at: moment('occurred_at').notNull(),
    actor: text('actor').notNull(),
    subject: text('subject'),
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
    receipt_id: uuid('receipt_id'),
    body: text('body'),
    /** The seller who did it, or shall do it. */
    assignee_id: uuid('assignee_id'),
    due_at: moment('due_at'),
    done_at: moment('done_at'),
    /** Null for what the service tells: it never changes. */
    version: integer('version'),
    updated_at: moment('updated_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index('activities_lead_ix').on(t.workspace_id, t.lead_id, t.occurred_at, t.id),
    // What people recorded is a small part of all; the lines of the service pay nothing for these.
    index('activities_recorded_ix').on(t.workspace_id, t.occurred_at, t.id).where(sql`version is not null`),
    index('activities_due_ix').on(t.workspace_id, t.due_at, t.id).where(sql`due_at is not null`),
    foreignKey({ columns: [t.workspace_id, t.lead_id], foreignColumns: [leads.workspace_id, leads.id] }),
  ],
)

/** An interaction that attribution counts: first, last and each are read from here. */
export const touches = pgTable(
  'touches',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    lead_id: uuid('lead_id').notNull(),
    occurred_at: moment('occurred_at').notNull(),
    kind: text('kind').notNull(),
    source_key: text('source_key'),
    campaign_key: text('campaign_key'),
    attribution: jsonb('attribution').$type<Record<string, string>>().notNull(),
    submission_id: uuid('submission_id'),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index('touches_lead_ix').on(t.workspace_id, t.lead_id, t.occurred_at, t.id),
    foreignKey({ columns: [t.workspace_id, t.lead_id], foreignColumns: [leads.workspace_id, leads.id] }),
  ],
)

/** Stored explanation of one decision, for ever: policy, inputs, outcome, rejected candidates. */
export const receipts = pgTable(
  'receipts',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    lead_id: uuid('lead_id'),
    kind: text('kind').notNull(),
    decided_at: moment('decided_at').notNull(),
    policy: text('policy').notNull(),
    inputs: jsonb('inputs').$type<Record<string, unknown>>().notNull(),
    outcome: jsonb('outcome').$type<Record<string, unknown>>().notNull(),
    rejected: jsonb('rejected').$type<Record<string, unknown>[]>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index('receipts_lead_ix').on(t.workspace_id, t.lead_id, t.decided_at, t.id),
  ],
)
