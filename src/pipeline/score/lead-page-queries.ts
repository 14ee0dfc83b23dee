/** Statements that walk over all leads of a workspace, page by page, for work that touches every one of them. */

import type { Statement, Tx } from '../../db/client.ts'
import { familySources } from '../../db/condition-families-sql.ts'
import { conditionToSql } from '../../db/condition-sql.ts'
import type { CompiledCondition } from '../../domain/condition/compiled-condition.ts'
import { type FieldSources, type LeadFacts, leadFactsOf } from '../../domain/lead.ts'

/**
 * The leads after an id that a condition describes, in the order of their ids, without archived ones; nothing is locked.
 * Planned anew each time, as every condition has its own shape.
 */
export async function listMatchingPage(
  tx: Tx,
  condition: CompiledCondition,
  after: string | null,
  limit: number,
  now: Date,
): Promise<LeadFacts[]> {
  const sources = familySources(tx.workspaceId)
  const { text, values } = conditionToSql(condition, { firstParameter: 4, alias: 'l', now, sources })
  const statement = `SELECT l.* FROM leads l WHERE l.workspace_id = $1 AND ($2::uuid IS NULL OR l.id > $2)
    AND NOT l.archived AND ${text}
    ORDER BY l.id LIMIT $3`
  return (await tx.query<LeadFacts>(statement, [tx.workspaceId, after, limit, ...values])).map(leadFactsOf)
}

export type NarrowLead = Record<string, unknown> & { id: string }

/**
 * Leads with only the columns that a model asks about, an eighth of the cost of whole ones. Locked are those that no
 * other writer has; the others are left out. The columns come from the field catalogue.
 */
export async function listNarrowLeads(
  tx: Tx,
  columns: readonly string[],
  ids: readonly string[],
  lock: boolean,
): Promise<NarrowLead[]> {
  const text = `SELECT ${columns.join(', ')} FROM leads WHERE workspace_id = $1 AND id = ANY($2::uuid[])
    ORDER BY id ${lock ? 'FOR UPDATE SKIP LOCKED' : ''}`
  return await tx.query(text, [tx.workspaceId, ids])
}

const listStatement: Statement = {
  name: 'list_leads_to_score',
  text: 'SELECT * FROM leads WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

/** Whole leads; nothing is locked, and where their fields come from is left out. */
export async function listWholeLeads(
  tx: Tx,
  ids: readonly string[],
): Promise<{ lead: LeadFacts; sources: FieldSources }[]> {
  const rows = await tx.query<LeadFacts>(listStatement, [tx.workspaceId, ids])
  return rows.map((row) => ({ lead: leadFactsOf(row), sources: {} }))
}

const lockStatement: Statement = {
  name: 'lock_leads_to_score',
  text: `SELECT l.*, s.sources FROM leads l
    JOIN lead_field_sources s ON s.workspace_id = l.workspace_id AND s.lead_id = l.id
    WHERE l.workspace_id = $1 AND l.id = ANY($2::uuid[]) ORDER BY l.id FOR UPDATE OF l SKIP LOCKED`,
}

/** Locks leads; those that another writer has are left out. */
export async function lockFreeLeads(
  tx: Tx,
  ids: readonly string[],
): Promise<{ lead: LeadFacts; sources: FieldSources }[]> {
  if (ids.length === 0) return []
  const rows = await tx.query<LeadFacts & { sources: FieldSources }>(lockStatement, [tx.workspaceId, ids])
  return rows.map((row) => ({ lead: leadFactsOf(row), sources: row.sources }))
}

const countStatement: Statement = {
  name: 'count_leads_to_score',
  text: 'SELECT count(*) AS count FROM leads WHERE workspace_id = $1',
}

/** How many leads there are: for the progress of what walks over them. */
export async function countAllLeads(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ count: number }>(countStatement, [tx.workspaceId])
  return row?.count ?? 0
}

const wakeStatement: Statement = {
  name: 'wake_scored_leads',
  text: `INSERT INTO lead_work (workspace_id, lead_id, due_at, reasons, generation, attempt)
    SELECT $1, r.lead_id, r.due_at, '{time}', 1, 0
    FROM (SELECT * FROM unnest($2::uuid[], $3::timestamptz[]) AS u (lead_id, due_at) ORDER BY lead_id) AS r
    ON CONFLICT (workspace_id, lead_id) DO UPDATE SET due_at = least(lead_work.due_at, excluded.due_at)
    WHERE lead_work.due_at > excluded.due_at`,
}

/** Has leads judged at moments of their own, unless they are anyway before that. */
export async function wakeLeads(tx: Tx, wakes: readonly { id: string; at: Date }[]): Promise<void> {
  if (wakes.length === 0) return
  await tx.query(wakeStatement, [tx.workspaceId, wakes.map(({ id }) => id), wakes.map(({ at }) => at.toISOString())])
}
