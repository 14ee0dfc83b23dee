/** Statements that read leads and their timelines. */

import { type Db, readInWorkspace, type Statement } from '../../db/client.ts'
import type { LeadFacts } from '../../domain/lead.ts'

const findStatement: Statement = { name: 'find_lead', text: 'SELECT * FROM leads WHERE workspace_id = $1 AND id = $2' }

/** One lead. */
export async function findLead(db: Db, workspaceId: string, id: string): Promise<LeadFacts | undefined> {
  const [row] = await readInWorkspace<LeadFacts & { workspace_id: string }>(db, workspaceId, findStatement, [
    workspaceId,
    id,
  ])
  return row === undefined ? undefined : withoutWorkspace(row)
}

function withoutWorkspace({ workspace_id: _, ...lead }: LeadFacts & { workspace_id: string }): LeadFacts {
  return lead
}

/** Sort orders of lists: the indexed ones, each in both directions. */
export const LEAD_SORTS = ['-created_at', 'created_at', '-updated_at', 'updated_at'] as const
export type LeadSort = (typeof LEAD_SORTS)[number]

export interface LeadFilter {
  status: string[]
  stage_key: string[]
  source_key: string[]
  tag: string[]
  owner_id: string | null
  /** Match key of an e-mail address. */
  email: string | null
  external_id: { system: string; external_id: string } | null
  created_after: string | null
  created_before: string | null
  updated_after: string | null
  updated_before: string | null
  archived: boolean
}

const TERMS: { [K in keyof LeadFilter]: (parameter: string) => string } = {
  status: (p) => `status = ANY(${p}::text[])`,
  stage_key: (p) => `stage_key = ANY(${p}::text[])`,
  source_key: (p) => `source_key = ANY(${p}::text[])`,
  tag: (p) => `tags && ${p}::text[]`,
  owner_id: (p) => `owner_id = ${p}::uuid`,
  email: (p) =>
    `id = (SELECT i.lead_id FROM identities i WHERE i.workspace_id = $1 AND i.kind = 'email' AND i.value = ${p})`,
  external_id: (p) =>
    `id = (SELECT i.lead_id FROM identities i WHERE i.workspace_id = $1 AND i.kind = 'external:' || (${p}::jsonb->>'system') AND i.value = ${p}::jsonb->>'external_id')`,
  created_after: (p) => `created_at >= ${p}::timestamptz`,
  created_before: (p) => `created_at < ${p}::timestamptz`,
  updated_after: (p) => `updated_at >= ${p}::timestamptz`,
  updated_before: (p) => `updated_at < ${p}::timestamptz`,
  archived: (p) => `archived = ${p}::boolean`,
}

/** A page of leads; `after` is the sort value and id of the last one before. */
export async function listLeads(
  db: Db,
  workspaceId: string,
  filter: LeadFilter,
  sort: LeadSort,
  after: [string, string] | null,
  limit: number,
): Promise<LeadFacts[]> {
  const column = sort.replace('-', '')
  const [direction, beyond] = sort.startsWith('-') ? ['DESC', '<'] : ['ASC', '>']
  const values: unknown[] = [workspaceId]
  const add = (value: unknown) => `$${values.push(value)}`
  const terms = ['workspace_id = $1']
  for (const [name, value] of Object.entries(filter) as [keyof LeadFilter, unknown][]) {
    if (value === null || (Array.isArray(value) && value.length === 0)) continue
    terms.push(TERMS[name](add(name === 'external_id' ? JSON.stringify(value) : value)))
  }
  if (after !== null) terms.push(`(${column}, id) ${beyond} (${add(after[0])}::timestamptz, ${add(after[1])}::uuid)`)
  const text = `SELECT * FROM leads WHERE ${terms.join(' AND ')} ORDER BY ${column} ${direction}, id ${direction} LIMIT ${add(limit)}`
  const statement = { name: `list_leads ${shapeOf(filter, sort, after !== null)}`, text }
  const rows = await readInWorkspace<LeadFacts & { workspace_id: string }>(db, workspaceId, statement, values)
  return rows.map(withoutWorkspace)
}

/** One name for each different text: which terms are present, the order, and whether it goes on from a row. */
function shapeOf(filter: LeadFilter, sort: LeadSort, goesOn: boolean): string {
  const present = Object.values(filter).map((value) =>
    value === null || (Array.isArray(value) && value.length === 0) ? '0' : '1',
  )
  return `${sort}${goesOn ? '+' : ''}${present.join('')}`
}

export interface ActivityRow {
  id: string
  lead_id: string
  type: string
  occurred_at: string
  actor: string
  subject: string | null
  data: Record<string, unknown>
  receipt_id: string | null
}

const timelineStatement: Statement = {
  name: 'list_lead_timeline',
  text: `SELECT id, lead_id, type, occurred_at, actor, subject, data, receipt_id FROM activities
    WHERE workspace_id = $1 AND lead_id = $2 AND ($3::timestamptz IS NULL OR (occurred_at, id) < ($3, $4::uuid))
    ORDER BY occurred_at DESC, id DESC LIMIT $5`,
}

/** A page of a lead's timeline, newest first. */
export async function listTimeline(
  db: Db,
  workspaceId: string,
  leadId: string,
  before: [string, string] | null,
  limit: number,
): Promise<ActivityRow[]> {
  return await readInWorkspace(db, workspaceId, timelineStatement, [
    workspaceId,
    leadId,
    before?.[0] ?? null,
    before?.[1] ?? null,
    limit,
  ])
}
