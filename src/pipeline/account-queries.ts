/** Statements that load and write accounts. Rows travel as one JSON parameter: one plan for any batch size. */
import type { Statement, Tx } from '../db/client.ts'
import type { AccountFacts } from '../domain/account.ts'
import type { Identity } from '../domain/intake.ts'
import type { OwnedIdentity } from './identity-book.ts'

const listIdentitiesStatement: Statement = {
  name: 'list_account_identities',
  text: `SELECT i.kind, i.value, i.account_id AS owner FROM unnest($2::text[], $3::text[]) AS asked (kind, value)
    JOIN account_identities i ON i.workspace_id = $1 AND i.kind = asked.kind AND i.value = asked.value`,
}

/** The stored owners of these identities. */
export async function listAccountIdentities(tx: Tx, identities: Identity[]): Promise<OwnedIdentity[]> {
  if (identities.length === 0) return []
  const values = [identities.map((i) => i.kind), identities.map((i) => i.value)]
  return await tx.query(listIdentitiesStatement, [tx.workspaceId, ...values])
}

const lockStatement: Statement = {
  name: 'lock_accounts',
  text: 'SELECT * FROM accounts WHERE workspace_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE',
}

/** Accounts, locked until the transaction ends, in one order for all writers. */
export async function lockAccounts(tx: Tx, ids: string[]): Promise<AccountFacts[]> {
  if (ids.length === 0) return []
  const rows = await tx.query<AccountRow>(lockStatement, [tx.workspaceId, ids])
  return rows.map(toFacts)
}

const countriesStatement: Statement = {
  name: 'list_account_countries',
  text: 'SELECT id, country FROM accounts WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

/** The countries of some accounts. */
export async function listAccountCountries(tx: Tx, ids: string[]): Promise<{ id: string; country: string | null }[]> {
  return ids.length === 0 ? [] : await tx.query(countriesStatement, [tx.workspaceId, ids])
}

type AccountRow = AccountFacts & { workspace_id: string; name_key: string | null }

const toFacts = ({ workspace_id: _, name_key: __, ...account }: AccountRow): AccountFacts => account

const insertStatement: Statement = {
  name: 'insert_accounts',
  text: 'INSERT INTO accounts SELECT * FROM jsonb_populate_recordset(null::accounts, $1::jsonb)',
}

type WritableAccount = AccountFacts & { name_key: string | null }

/** Inserts accounts. */
export async function insertAccounts(tx: Tx, accounts: WritableAccount[]): Promise<void> {
  if (accounts.length === 0) return
  const rows = accounts.map((account) => ({ workspace_id: tx.workspaceId, ...account }))
  await tx.query(insertStatement, [JSON.stringify(rows)])
}

const MUTABLE = [
  'name',
  'name_key',
  'website',
  'domain',
  'industry',
  'employee_count',
  'annual_revenue',
  'phone',
  'street',
  'city',
  'region',
  'postal_code',
  'country',
  'owner_id',
  'tags',
  'custom_fields',
  'metadata',
  'external_ids',
  'archived',
  'version',
  'updated_at',
] as const

const updateStatement: Statement = {
  name: 'update_accounts',
  text: `UPDATE accounts AS a SET ${MUTABLE.map((column) => `${column} = r.${column}`).join(', ')}
    FROM jsonb_populate_recordset(null::accounts, $2::jsonb) AS r WHERE a.workspace_id = $1 AND a.id = r.id`,
}

/** Writes the working copies of changed accounts. */
export async function updateAccounts(tx: Tx, accounts: WritableAccount[]): Promise<void> {
  if (accounts.length > 0) await tx.query(updateStatement, [tx.workspaceId, JSON.stringify(accounts)])
}

const insertIdentitiesStatement: Statement = {
  name: 'insert_account_identities',
  text: `INSERT INTO account_identities SELECT * FROM jsonb_populate_recordset(null::account_identities, $1::jsonb)
    ON CONFLICT DO NOTHING RETURNING kind`,
}

/** Inserts identities in the order given; returns how many came in. */
export async function insertAccountIdentities(tx: Tx, claims: OwnedIdentity[], at: string): Promise<number> {
  if (claims.length === 0) return 0
  const rows = claims.map(({ kind, value, owner }) => ({
    workspace_id: tx.workspaceId,
    kind,
    value,
    account_id: owner,
    created_at: at,
  }))
  return (await tx.query(insertIdentitiesStatement, [JSON.stringify(rows)])).length
}

const deleteIdentitiesStatement: Statement = {
  name: 'delete_account_identities',
  text: `DELETE FROM account_identities AS i USING unnest($2::text[], $3::text[], $4::uuid[]) AS freed (kind, value, account_id)
    WHERE i.workspace_id = $1 AND i.kind = freed.kind AND i.value = freed.value AND i.account_id = freed.account_id`,
}

/** Removes identities that their accounts have given up. */
export async function deleteAccountIdentities(tx: Tx, freed: OwnedIdentity[]): Promise<void> {
  if (freed.length === 0) return
  const values = [freed.map((i) => i.kind), freed.map((i) => i.value), freed.map((i) => i.owner)]
  await tx.query(deleteIdentitiesStatement, [tx.workspaceId, ...values])
}
