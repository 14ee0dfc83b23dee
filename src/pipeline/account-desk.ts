/** The desk of a batch of writes to accounts: what is stored, the working copies, and the changes to tell. */
import type { ChangeType, PendingChange } from '../changes/change.ts'
import { recordChanges } from '../changes/record-change.ts'
import type { Tx } from '../db/client.ts'
import type { AccountFacts } from '../domain/account.ts'
import { toAccount } from '../domain/account-wire.ts'
import type { Identity } from '../domain/intake.ts'
import { searchKeyOf } from '../domain/lead-search.ts'
import { toWireIds } from '../domain/lead-wire.ts'
import { readPolicies } from '../policies/published-policies.ts'
import {
  deleteAccountIdentities,
  insertAccountIdentities,
  insertAccounts,
  listAccountIdentities,
  lockAccounts,
  updateAccounts,
} from './account-queries.ts'
import { catalogueOf } from './condition-catalogue.ts'
import { findWritePolicy } from './custom-fields.ts'
import { neededKinds } from './facts/needed-kinds.ts'
import { claimsOf, type IdentityBook, openBook } from './identity-book.ts'
import { markWorkOfAccounts } from './mark-work.ts'
import { StaleFacts } from './stale-facts.ts'
import type { Teller } from './tell-story.ts'

export interface AccountDesk {
  accounts: Map<string, { account: AccountFacts; stored: AccountFacts | null }>
  book: IdentityBook
  changes: PendingChange[]
}

/** Loads and locks every account that these identities lead to, and those addressed directly. */
export async function loadAccountDesk(tx: Tx, identities: Identity[], ids: string[]): Promise<AccountDesk> {
  const seen = await listAccountIdentities(tx, identities)
  const wanted = [...new Set([...seen.map(({ owner }) => owner), ...ids])]
  // Owners may have changed until the locks were there; the second look travels right behind the lock.
  const [rows, owned] = await Promise.all([
    lockAccounts(tx, wanted),
    seen.length === 0 ? seen : listAccountIdentities(tx, identities),
  ])
  const accounts = new Map(rows.map((account) => [account.id, { account, stored: account }]))
  if (owned.some(({ owner }) => !accounts.has(owner))) throw new StaleFacts('an identity changed hands meanwhile')
  return { accounts, book: openBook(owned), changes: [] }
}

/** Tells that an account is new or has changed; archiving and restoring are facts of their own. */
export function tellAccount(
  desk: AccountDesk,
  account: AccountFacts,
  changed: Partial<AccountFacts>,
  stored: AccountFacts | null,
  teller: Teller,
): void {
  const fields = Object.keys(changed)
  const tell = (type: ChangeType, about: string[]) => {
    if (about.length > 0) desk.changes.push(changeOf(type, account, about, stored, teller))
  }
  if (stored === null) {
    tell('account.created', fields)
    return
  }
  tell(
    'account.updated',
    fields.filter((field) => field !== 'archived'),
  )
  tell(
    account.archived ? 'account.archived' : 'account.restored',
    fields.filter((field) => field === 'archived'),
  )
}

function changeOf(
  type: ChangeType,
  account: AccountFacts,
  fields: string[],
  stored: AccountFacts | null,
  { actor, origin }: Teller,
): PendingChange {
  const previous = stored === null ? [] : fields.map((field) => [field, stored[field as keyof AccountFacts]])
  return {
    type,
    object_id: account.id,
    actor,
    origin,
    occurred_at: account.updated_at,
    object: toAccount(account),
    changed_fields: fields,
    previous: toWireIds(Object.fromEntries(previous)),
  }
}

/** Writes everything that was decided. Throws StaleFacts when another writer took an identity meanwhile. */
export async function writeAccountDesk(tx: Tx, desk: AccountDesk, now: Date): Promise<void> {
  const all = [...desk.accounts.values()]
  const rowOf = ({ account }: (typeof all)[number]) => ({ ...account, name_key: searchKeyOf(account.name) })
  await insertAccounts(tx, all.filter(({ stored }) => stored === null).map(rowOf))
  const changed = all.filter(({ account, stored }) => stored !== null && stored !== account)
  await updateAccounts(tx, changed.map(rowOf))
  await deleteAccountIdentities(tx, desk.book.freed)
  const claims = claimsOf(desk.book)
  const inserted = await insertAccountIdentities(tx, claims, now.toISOString())
  if (inserted < claims.length) throw new StaleFacts('an identity was taken meanwhile')
  recordChanges(tx, desk.changes)
  await judgeLeadsOf(
    tx,
    changed.map(({ account }) => account.id),
  )
}

/** The leads of companies that have changed are judged anew where any policy asks about companies. */
async function judgeLeadsOf(tx: Tx, accountIds: readonly string[]): Promise<void> {
  if (accountIds.length === 0) return
  const [policy, policies] = await Promise.all([findWritePolicy(tx, tx.workspaceId), readPolicies(tx)])
  const kinds = neededKinds(policies, catalogueOf(tx.workspaceId, policy))
  if (kinds.has('account') || kinds.has('account_custom_field')) await markWorkOfAccounts(tx, accountIds)
}
