/** The statement of a search: a compiled condition, an order of up to three fields, and where the page before ended. */

import { type Db, withWorkspace } from '../../db/client.ts'
import { familySources } from '../../db/condition-families-sql.ts'
import { conditionToSql } from '../../db/condition-sql.ts'
import { countingOf } from '../../db/count-limit.ts'
import type { CompiledCondition } from '../../domain/condition/compiled-condition.ts'
import { type ShownLead, scoreColumn } from '../../pipeline/shown-leads.ts'
import { toShown } from './lead-queries.ts'

/** What a search can be sorted by; text is ordered by code point, the same on every database. */
const SORTS = {
  created_at: { sql: 'l.created_at', cast: 'timestamptz', nullable: false },
  updated_at: { sql: 'l.updated_at', cast: 'timestamptz', nullable: false },
  email: text('email'),
  first_name: text('first_name'),
  last_name: text('last_name'),
  full_name: text('full_name'),
  company_name: text('company_name'),
  job_title: text('job_title'),
  city: text('city'),
  country: text('country'),
  stage_key: { ...text('stage_key'), nullable: false },
  status: { ...text('status'), nullable: false },
  source_key: text('source_key'),
  campaign_key: text('campaign_key'),
} as const

function text(column: string) {
  return { sql: `l.${column} collate "C"`, cast: 'text', nullable: true }
}

export type SortField = keyof typeof SORTS
export const SORT_FIELDS = Object.keys(SORTS) as SortField[]

export interface SortKey {
  field: SortField
  descending: boolean
}

export interface LeadSearchQuery {
  condition: CompiledCondition
  /** False hides archived leads. */
  withArchived: boolean
  sort: SortKey[]
  /** Values of the sort keys of the last lead before, and its id. */
  after: (string | null)[] | null
  limit: number
  now: Date
}

interface Bound {
  where: string[]
  values: unknown[]
  bind(value: unknown): string
}

function boundOf(workspaceId: string, { condition, withArchived, now }: LeadSearchQuery): Bound {
  const sources = familySources(workspaceId)
  const { text: filter, values: asked } = conditionToSql(condition, { firstParameter: 2, alias: 'l', now, sources })
  const values: unknown[] = [workspaceId, ...asked]
  const where = ['l.workspace_id = $1', filter, ...(withArchived ? [] : ['NOT l.archived'])]
  return { where, values, bind: (value) => `$${values.push(value)}` }
}

/** A page of leads. Planned anew each time: conditions differ in shape, and a kept statement costs memory for ever. */
export async function searchLeads(db: Db, workspaceId: string, query: LeadSearchQuery): Promise<ShownLead[]> {
  const { where, values, bind } = boundOf(workspaceId, query)
  if (query.after !== null) where.push(beyond(query.sort, query.after, bind))
  const statement = `SELECT l.*, ${scoreColumn('l')} FROM leads l WHERE ${where.join(' AND ')} ORDER BY ${orderOf(query.sort)} LIMIT ${bind(query.limit)}`
  const rows = await withWorkspace(db, workspaceId, (tx) =>
    tx.query<ShownLead & { workspace_id: string }>(statement, values),
  )
  return rows.map(toShown)
}

/** How many leads match, counted up to one more than the limit. */
export async function countMatches(db: Db, workspaceId: string, query: LeadSearchQuery): Promise<number> {
  const { where, values } = boundOf(workspaceId, query)
  const statement = countingOf(`SELECT 1 FROM leads l WHERE ${where.join(' AND ')}`)
  const [row] = await withWorkspace(db, workspaceId, (tx) => tx.query<{ count: number }>(statement, values))
  return row?.count ?? 0
}

/** Blanks come last in both directions; "nulls last" is left out where there are none, or no index would serve. */
function orderOf(sort: SortKey[]): string {
  const keys = sort.map(({ field, descending }) => {
    const { sql, nullable } = SORTS[field]
    return `${sql} ${directionOf(descending)}${nullable ? ' NULLS LAST' : ''}`
  })
  return [...keys, `l.id ${directionOf(isIdDescending(sort))}`].join(', ')
}

const directionOf = (descending: boolean) => (descending ? 'DESC' : 'ASC')

/** The id follows the last key, so that an index on key and id is read in one direction. */
const isIdDescending = (sort: SortKey[]) => sort.at(-1)?.descending ?? false

/** The rows after a position: later in the first key, or equal in it and later in the second, and so on. */
function beyond(sort: SortKey[], after: (string | null)[], bind: (value: unknown) => string): string {
  const id = { sql: 'l.id', cast: 'uuid', nullable: false, descending: isIdDescending(sort) }
  const keys = [...sort.map(({ field, descending }) => ({ ...SORTS[field], descending })), id]
  const places = keys.map(({ cast }, i) => {
    const value = after[i] ?? null
    return value === null ? null : `${bind(value)}::${cast}`
  })
  const [first] = keys
  // One comparison of rows where all keys run one way without blanks: it is what an index is read by.
  if (keys.every(({ nullable, descending }) => !nullable && descending === first?.descending)) {
    return `(${keys.map(({ sql }) => sql).join(', ')}) ${first?.descending ? '<' : '>'} (${places.join(', ')})`
  }
  const same = (i: number) => (places[i] === null ? `${keys[i]?.sql} IS NULL` : `${keys[i]?.sql} = ${places[i]}`)
  const later = keys.flatMap(({ sql, nullable, descending }, i) => {
    if (places[i] === null) return []
    const step = `${sql} ${descending ? '<' : '>'} ${places[i]}`
    const reached = nullable ? `(${step} OR ${sql} IS NULL)` : step
    return [[...Array(i).keys()].map(same).concat(reached).join(' AND ')]
  })
  return `(${later.map((group) => `(${group})`).join(' OR ')})`
}
