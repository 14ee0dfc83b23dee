/** Every statement that loads and writes a desk. Rows travel as one JSON parameter: one plan for any batch size. */

import type { Statement, Tx } from '../db/client.ts'
import type { Identity } from '../domain/intake.ts'
import { type FieldSources, type LeadFacts, leadFactsOf } from '../domain/lead.ts'
import { SEARCH_COLUMNS } from '../domain/lead-search.ts'
import type { OwnedIdentity } from './identity-book.ts'

const listIdentitiesStatement: Statement = {
  name: 'list_identities',
  text: `SELECT i.kind, i.value, i.lead_id AS owner FROM unnest($2::text[], $3::text[]) AS asked (kind, value)
    JOIN identities i ON i.workspace_id = $1 AND i.kind = asked.kind AND i.value = asked.value`,
}

/** The stored owners of these identities. */
export async function listIdentities(tx: Tx, identities: Identity[]): Promise<OwnedIdentity[]> {
  if (identities.length === 0) return []
  return await tx.query(listIdentitiesStatement, [
    tx.workspaceId,
    identities.map((i) => i.kind),
    identities.map((i) => i.value),
  ])
}

// Ordered locks: two batches that share leads queue up instead of deadlocking.
const lockLeadsStatement: Statement = {
  name: 'lock_leads',
  text: `SELECT l.*, s.sources FROM leads l
    JOIN lead_field_sources s ON s.workspace_id = l.workspace_id AND s.lead_id = l.id
    WHERE l.workspace_id = $1 AND l.id = ANY($2::uuid[]) ORDER BY l.id FOR UPDATE OF l`,
}

/** Leads with the sources of their fields, locked until the transaction ends. */
export async function lockLeads(tx: Tx, ids: string[]): Promise<{ lead: LeadFacts; sources: FieldSources }[]> {
  if (ids.length === 0) return []
  const rows = await tx.query<LeadFacts & { sources: FieldSources }>(lockLeadsStatement, [tx.workspaceId, ids])
  return rows.map((row) => ({ lead: leadFactsOf(row), sources: row.sources }))
}

const listLeadsStatement: Statement = {
  name: 'list_leads_by_id',
  text: 'SELECT * FROM leads WHERE workspace_id = $1 AND id = ANY($2::uuid[]) ORDER BY id',
}

/** Leads to look at. */
export async function listLeads(tx: Tx, ids: readonly string[]): Promise<LeadFacts[]> {
  return (await tx.query<LeadFacts>(listLeadsStatement, [tx.workspaceId, ids])).map(leadFactsOf)
}

const insertOf = (table: string, tail = ''): Statement => ({
  name: `insert_${table}`,
  // The row that others are filled into brings the workspace.
  text: `INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(
    jsonb_populate_record(null::${table}, jsonb_build_object('workspace_id', $1::uuid)), $2::jsonb)${tail}`,
})

const INSERTS = {
  leads: insertOf('leads'),
  lead_field_sources: insertOf('lead_field_sources'),
  // A name that changes replaces the row; the beginnings of a new lead are simply new.
  lead_search: insertOf(
    'lead_search',
    ` ON CONFLICT (workspace_id, lead_id) DO UPDATE SET ${SEARCH_COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}`,
  ),
  // Sorted by the caller, so that two batches with the same values wait for each other in one order.
  identities: insertOf('identities', ' ON CONFLICT DO NOTHING RETURNING kind'),
  activities: insertOf('activities', ' ON CONFLICT DO NOTHING'),
  touches: insertOf('touches', ' ON CONFLICT DO NOTHING'),
  receipts: insertOf('receipts'),
}

/** Inserts rows of a table that the pipeline writes; returns how many came in. */
export async function insertRows(tx: Tx, table: keyof typeof INSERTS, rows: readonly object[]): Promise<number> {
  if (rows.length === 0) return 0
  return (await tx.query(INSERTS[table], [tx.workspaceId, JSON.stringify(rows)])).length
}

/** The same, where all of them will come in. */
export function sendRows(tx: Tx, table: keyof typeof INSERTS, rows: readonly object[]): void {
  if (rows.length > 0) tx.send(INSERTS[table], [tx.workspaceId, JSON.stringify(rows)])
}

const deleteIdentitiesStatement: Statement = {
  name: 'delete_identities',
  text: `DELETE FROM identities AS i USING unnest($2::text[], $3::text[], $4::uuid[]) AS freed (kind, value, lead_id)
    WHERE i.workspace_id = $1 AND i.kind = freed.kind AND i.value = freed.value AND i.lead_id = freed.lead_id
    RETURNING i.kind, i.value`,
}

/** Removes identities that their leads have given up; returns those that were theirs. */
export async function deleteIdentities(tx: Tx, freed: OwnedIdentity[]): Promise<Identity[]> {
  if (freed.length === 0) return []
  const values = [freed.map((i) => i.kind), freed.map((i) => i.value), freed.map((i) => i.owner)]
  return await tx.query(deleteIdentitiesStatement, [tx.workspaceId, ...values])
}

/** Columns of a lead that may change after it was made. */
const MUTABLE = [
  'email',
  'email_domain',
  'email_class',
  'phone',
  'phone_raw',
  'phone_type',
  'phone_country',
  'first_name',
  'last_name',
  'full_name',
  'company_name',
  'job_title',
  'seniority',
  'department',
  'website',
  'domain',
  'street',
  'city',
  'region',
  'postal_code',
  'country',
  'world_region',
  'currency',
  'language',
  'time_zone',
  'stage_key',
  'status',
  'source_key',
  'campaign_key',
  'owner_id',
  'account_id',
  'tags',
  'custom_fields',
  'metadata',
  'external_ids',
  'archived',
  'version',
  'updated_at',
] as const

/** Columns of a lead that decisions change time and again: they travel alone where nothing else has changed. */
const DECIDED = ['stage_key', 'status', 'owner_id', 'version', 'updated_at'] as const

const updateOf = (name: string, columns: readonly string[]): Statement => ({
  name,
  text: `UPDATE leads AS l SET ${columns.map((column) => `${column} = r.${column}`).join(', ')}
    FROM jsonb_populate_recordset(null::leads, $2::jsonb) AS r WHERE l.workspace_id = $1 AND l.id = r.id`,
})
const updateLeadsStatement = updateOf('update_leads', MUTABLE)
const updateDecidedStatement = updateOf('update_decided_leads', DECIDED)

const updateSourcesStatement: Statement = {
  name: 'update_lead_field_sources',
  text: `UPDATE lead_field_sources AS s SET sources = r.sources
    FROM jsonb_populate_recordset(null::lead_field_sources, $2::jsonb) AS r WHERE s.workspace_id = $1 AND s.lead_id = r.lead_id`,
}

/** A lead as it is written, beside what is stored. */
export interface ChangedLead {
  lead: LeadFacts
  stored: LeadFacts
}

const isDecided = new Set<string>(DECIDED)

const onlyDecided = ({ lead, stored }: ChangedLead) =>
  MUTABLE.every((column) => lead[column] === stored[column] || isDecided.has(column))

/** Writes the working copies of changed leads. */
export function updateLeads(tx: Tx, changed: readonly ChangedLead[]): void {
  if (changed.length === 0) return
  const statement = changed.every(onlyDecided) ? updateDecidedStatement : updateLeadsStatement
  const rows = changed.map(({ lead }) => (statement === updateLeadsStatement ? lead : decidedOf(lead)))
  tx.send(statement, [tx.workspaceId, JSON.stringify(rows)])
}

const decidedOf = ({ id, stage_key, status, owner_id, version, updated_at }: LeadFacts) => ({
  id,
  stage_key,
  status,
  owner_id,
  version,
  updated_at,
})

/** Writes where the fields of leads come from. */
export function updateSources(tx: Tx, sources: readonly { lead_id: string; sources: FieldSources }[]): void {
  if (sources.length > 0) tx.send(updateSourcesStatement, [tx.workspaceId, JSON.stringify(sources)])
}

const listLeadsByEmailStatement: Statement = {
  name: 'list_leads_by_email',
  text: `SELECT l.id, l.email FROM lead_search s JOIN leads l ON l.workspace_id = s.workspace_id AND l.id = s.lead_id
    WHERE s.workspace_id = $1 AND s.email = ANY($2::text[]) ORDER BY l.created_at, l.id LIMIT 200`,
}

/** Leads that show one of these addresses, given as the search knows them; the oldest first. */
export async function listLeadsByEmail(tx: Tx, keys: string[]): Promise<{ id: string; email: string }[]> {
  return keys.length === 0 ? [] : await tx.query(listLeadsByEmailStatement, [tx.workspaceId, keys])
}
