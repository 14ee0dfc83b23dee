/** Statements that read leads by id and by simple filters. */

import { type Db, readInWorkspace, type Statement, type Tx, withWorkspace } from '../../db/client.ts'
import { countingOf } from '../../db/count-limit.ts'
import { gatherById } from '../../db/gather-reads.ts'
import type { AccountFacts } from '../../domain/account.ts'
import { SEARCH_COLUMNS } from '../../domain/lead-search.ts'
import { type ShownLead, scoreColumn } from '../../pipeline/shown-leads.ts'

type LeadRow = ShownLead & { workspace_id: string }

export const toShown = ({ workspace_id: _, ...lead }: LeadRow): ShownLead => lead

const readLead = gatherById<LeadRow>({
  name: 'find_leads',
  text: `SELECT leads.*, ${scoreColumn('leads')} FROM leads WHERE workspace_id = $1 AND id = ANY($2::uuid[])`,
})

/** One lead. */
export async function findLead(db: Db, workspaceId: string, id: string): Promise<ShownLead | undefined> {
  const row = await readLead(db, workspaceId, id)
  return row === undefined ? undefined : toShown(row)
}

/** Sort orders of lists: the indexed ones, each in both directions. */
export const LEAD_SORTS = ['-created_at', 'created_at', '-updated_at', 'updated_at'] as const
export type LeadSort = (typeof LEAD_SORTS)[number]

export interface LeadFilter {
  status: string[]
  stage_key: string[]
  source_key: string[]
  campaign_key: string[]
  tag: string[]
  owner_id: string | null
  account_id: string | null
  /** Match key of an e-mail address. */
  email: string | null
  external_id: { system: string; external_id: string } | null
  created_after: string | null
  created_before: string | null
  updated_after: string | null
  updated_before: string | null
  archived: boolean
  /** Beginning of an e-mail, last name, full name or company, as the search compares it. */
  q: string | null
}

const TERMS: { [K in keyof LeadFilter]: (parameter: string) => string } = {
  status: (p) => `status = ANY(${p}::text[])`,
  stage_key: (p) => `stage_key = ANY(${p}::text[])`,
  source_key: (p) => `source_key = ANY(${p}::text[])`,
  campaign_key: (p) => `campaign_key = ANY(${p}::text[])`,
  tag: (p) => `tags && ${p}::text[]`,
  owner_id: (p) => `owner_id = ${p}::uuid`,
  account_id: (p) => `account_id = ${p}::uuid`,
  email: (p) =>
    `id = (SELECT i.lead_id FROM identities i WHERE i.workspace_id = $1 AND i.kind = 'email' AND i.value = ${p})`,
  external_id: (p) =>
    `id = (SELECT i.lead_id FROM identities i WHERE i.workspace_id = $1 AND i.kind = 'external:' || (${p}::jsonb->>'system') AND i.value = ${p}::jsonb->>'external_id')`,
  created_after: (p) => `created_at >= ${p}::timestamptz`,
  created_before: (p) => `created_at < ${p}::timestamptz`,
  updated_after: (p) => `updated_at >= ${p}::timestamptz`,
  updated_before: (p) => `updated_at < ${p}::timestamptz`,
  archived: (p) => `archived = ${p}::boolean`,
  q: (p) =>
    `id IN (SELECT s.lead_id FROM lead_search s WHERE s.workspace_id = $1 AND (${SEARCH_COLUMNS.map((column) => beginsWith(`s.${column}`, p)).join(' OR ')}))`,
}

/** A beginning as a range, which an index can read; U+10FFFF is after every character. */
const beginsWith = (column: string, p: string) =>
  `(${column} ~>=~ ${p}::text AND ${column} ~<~ (${p}::text || U&'\\+10FFFF'))`

interface FilteredStatement {
  terms: string[]
  values: unknown[]
  add(value: unknown): string
}

function filterStatement(workspaceId: string, filter: LeadFilter): FilteredStatement {
  const values: unknown[] = [workspaceId]
  const add = (value: unknown) => `$${values.push(value)}`
  const terms = ['workspace_id = $1']
  for (const [name, value] of Object.entries(filter) as [keyof LeadFilter, unknown][]) {
    if (isGiven(value)) terms.push(TERMS[name](add(name === 'external_id' ? JSON.stringify(value) : value)))
  }
  return { terms, values, add }
}

const isGiven = (value: unknown) => value !== null && !(Array.isArray(value) && value.length === 0)

/** A page of leads; `after` is the sort value and id of the last one before. */
export async function listLeads(
  db: Db,
  workspaceId: string,
  filter: LeadFilter,
  sort: LeadSort,
  after: [string, string] | null,
  limit: number,
): Promise<ShownLead[]> {
  const column = sort.replace('-', '')
  const [direction, beyond] = sort.startsWith('-') ? ['DESC', '<'] : ['ASC', '>']
  const { terms, values, add } = filterStatement(workspaceId, filter)
  if (after !== null) terms.push(`(${column}, id) ${beyond} (${add(after[0])}::timestamptz, ${add(after[1])}::uuid)`)
  const isPlain = isWithoutWishes(filter)
  const text = `SELECT leads.*, ${scoreColumn('leads')} FROM leads WHERE ${terms.join(' AND ')}
    ORDER BY ${column} ${direction}, id ${direction} LIMIT ${isPlain ? limit : add(limit)}`
  // How many leads begin so decides the plan, and only the value tells: such a statement is planned each time.
  if (filter.q !== null)
    return (await withWorkspace(db, workspaceId, (tx) => tx.query<LeadRow>(text, values))).map(toShown)
  const name = `list_leads ${shapeOf(filter, sort, after !== null)}${isPlain ? ` ${limit}` : ''}`
  return (await readInWorkspace<LeadRow>(db, workspaceId, { name, text }, values)).map(toShown)
}

/**
 * Whether a list shows all that is not archived, as those who copy leads ask: its limit may then stand in the statement,
 * which keeps it from being planned at each run. Other filters want to be: their values decide the plan.
 */
function isWithoutWishes({ archived, ...wishes }: LeadFilter): boolean {
  return archived === false && !Object.values(wishes).some(isGiven)
}

/** How many leads a filter finds, counted up to one more than the limit. */
export async function countLeads(db: Db, workspaceId: string, filter: LeadFilter): Promise<number> {
  const { terms, values } = filterStatement(workspaceId, filter)
  const text = countingOf(`SELECT 1 FROM leads WHERE ${terms.join(' AND ')}`)
  const [row] = await withWorkspace(db, workspaceId, (tx) => tx.query<{ count: number }>(text, values))
  return row?.count ?? 0
}

/** One name for each different text: which terms are present, the order, and whether it goes on from a row. */
function shapeOf(filter: LeadFilter, sort: LeadSort, goesOn: boolean): string {
  const present = Object.values(filter).map((value) => (isGiven(value) ? '1' : '0'))
  return `${sort}${goesOn ? '+' : ''}${present.join('')}`
}

const listAccountsStatement: Statement = {
  name: 'list_accounts_of_leads',
  text: 'SELECT * FROM accounts WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

/** Companies by their ids, for answers that show them beside leads. */
export async function listAccountsOf(db: Db, workspaceId: string, ids: string[]): Promise<AccountFacts[]> {
  if (ids.length === 0) return []
  const rows = await readInWorkspace<AccountFacts & { workspace_id: string; name_key: string | null }>(
    db,
    workspaceId,
    listAccountsStatement,
    [workspaceId, ids],
  )
  return rows.map(({ workspace_id: _, name_key: __, ...account }) => account)
}

const knownAccountsStatement: Statement = {
  name: 'list_known_accounts',
  text: 'SELECT id FROM accounts WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

/** Those of these companies that the workspace has. */
export async function listKnownAccounts(tx: Tx, ids: string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(knownAccountsStatement, [tx.workspaceId, ids])
  return new Set(rows.map(({ id }) => id))
}

const listOwnersStatement: Statement = {
  name: 'list_owners_of_leads',
  text: 'SELECT id, name, email FROM users WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

/** Sellers by their ids, for answers that show them beside leads. */
export async function listOwnersOf(
  db: Db,
  workspaceId: string,
  ids: string[],
): Promise<{ id: string; name: string; email: string | null }[]> {
  return ids.length === 0 ? [] : await readInWorkspace(db, workspaceId, listOwnersStatement, [workspaceId, ids])
}
