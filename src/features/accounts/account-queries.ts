/** Statements that read accounts. */

import { type Db, readInWorkspace, type Statement, withWorkspace } from '../../db/client.ts'
import { countingOf } from '../../db/count-limit.ts'
import type { AccountFacts } from '../../domain/account.ts'

type AccountRow = AccountFacts & { workspace_id: string; name_key: string | null }

const toFacts = ({ workspace_id: _, name_key: __, ...account }: AccountRow): AccountFacts => account

const findStatement: Statement = {
  name: 'find_account',
  text: 'SELECT * FROM accounts WHERE workspace_id = $1 AND id = $2',
}

/** One account. */
export async function findAccount(db: Db, workspaceId: string, id: string): Promise<AccountFacts | undefined> {
  const [row] = await readInWorkspace<AccountRow>(db, workspaceId, findStatement, [workspaceId, id])
  return row === undefined ? undefined : toFacts(row)
}

/** Sort orders of lists: the indexed ones, each in both directions. */
export const ACCOUNT_SORTS = ['-created_at', 'created_at', '-updated_at', 'updated_at'] as const
export type AccountSort = (typeof ACCOUNT_SORTS)[number]

export interface AccountFilter {
  domain: string | null
  external_id: { system: string; external_id: string } | null
  tag: string[]
  created_after: string | null
  created_before: string | null
  updated_after: string | null
  updated_before: string | null
  archived: boolean
  /** Beginning of the name, as the search compares it. */
  q: string | null
}

const TERMS: { [K in keyof AccountFilter]: (parameter: string) => string } = {
  domain: (p) =>
    `id = (SELECT i.account_id FROM account_identities i WHERE i.workspace_id = $1 AND i.kind = 'domain' AND i.value = ${p})`,
  external_id: (p) =>
    `id = (SELECT i.account_id FROM account_identities i WHERE i.workspace_id = $1 AND i.kind = 'external:' || (${p}::jsonb->>'system') AND i.value = ${p}::jsonb->>'external_id')`,
  tag: (p) => `tags && ${p}::text[]`,
  created_after: (p) => `created_at >= ${p}::timestamptz`,
  created_before: (p) => `created_at < ${p}::timestamptz`,
  updated_after: (p) => `updated_at >= ${p}::timestamptz`,
  updated_before: (p) => `updated_at < ${p}::timestamptz`,
  archived: (p) => `archived = ${p}::boolean`,
  // A beginning as a range, which an index can read; U+10FFFF is after every character.
  q: (p) => `(name_key ~>=~ ${p}::text AND name_key ~<~ (${p}::text || U&'\\+10FFFF'))`,
}

function filterStatement(workspaceId: string, filter: AccountFilter) {
  const values: unknown[] = [workspaceId]
  const add = (value: unknown) => `$${values.push(value)}`
  const terms = ['workspace_id = $1']
  for (const [name, value] of Object.entries(filter) as [keyof AccountFilter, unknown][]) {
    if (value === null || (Array.isArray(value) && value.length === 0)) continue
    terms.push(TERMS[name](add(name === 'external_id' ? JSON.stringify(value) : value)))
  }
  return { terms, values, add }
}

/** A page of accounts; `after` is the sort value and id of the last one before. */
export async function listAccounts(
  db: Db,
  workspaceId: string,
  filter: AccountFilter,
  sort: AccountSort,
  after: [string, string] | null,
  limit: number,
): Promise<AccountFacts[]> {
  const column = sort.replace('-', '')
  const [direction, beyond] = sort.startsWith('-') ? ['DESC', '<'] : ['ASC', '>']
  const { terms, values, add } = filterStatement(workspaceId, filter)
  if (after !== null) terms.push(`(${column}, id) ${beyond} (${add(after[0])}::timestamptz, ${add(after[1])}::uuid)`)
  const text = `SELECT * FROM accounts WHERE ${terms.join(' AND ')} ORDER BY ${column} ${direction}, id ${direction} LIMIT ${add(limit)}`
  const rows = await withWorkspace(db, workspaceId, (tx) => tx.query<AccountRow>(text, values))
  return rows.map(toFacts)
}

/** How many accounts a filter finds, counted up to one more than the limit. */
export async function countAccounts(db: Db, workspaceId: string, filter: AccountFilter): Promise<number> {
  const { terms, values } = filterStatement(workspaceId, filter)
  const text = countingOf(`SELECT 1 FROM accounts WHERE ${terms.join(' AND ')}`)
  const [row] = await withWorkspace(db, workspaceId, (tx) => tx.query<{ count: number }>(text, values))
  return row?.count ?? 0
}
