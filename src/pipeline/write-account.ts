/** Writes to accounts, decided on a desk: an edit, a new account, or whichever of the two an upsert is about. */
import type { Tx } from '../db/client.ts'
import { type AccountFacts, BLANK_ACCOUNT } from '../domain/account.ts'
import { type ExpectedVersion, isExpectedVersion } from '../domain/expected-version.ts'
import type { Identity } from '../domain/intake.ts'
import { type AccountEdit, identitiesOfAccount, mergeAccount } from '../domain/merge-account.ts'
import { type AccountDesk, loadAccountDesk, tellAccount, writeAccountDesk } from './account-desk.ts'
import { type Aim, aimUpsert, restoring, type UpsertAddress } from './aim-upsert.ts'
import { claimIdentities, findOtherOwner, freeIdentities, withoutIdentities } from './identity-book.ts'
import type { Teller } from './tell-story.ts'
import type { Refused, WriteResult } from './write-result.ts'

export interface AccountUpsert {
  address: UpsertAddress
  edit: AccountEdit
  /** Id that a new account gets. */
  newId: string
  expectedVersion: ExpectedVersion
}

type Result = WriteResult<AccountFacts>

/** Does one write inside the caller's transaction; nothing is written unless it succeeds. */
export async function upsertAccount(tx: Tx, teller: Teller, upsert: AccountUpsert, now: Date): Promise<Result> {
  const desk = await loadAccountDesk(tx, identitiesOfUpsert(upsert), idsOf([upsert]))
  const result = upsertAccountOnDesk(desk, teller, upsert, now)
  if (desk.changes.length > 0) await writeAccountDesk(tx, desk, now)
  return result
}

/** Everything that an upsert may find an account by or give to it. */
export function identitiesOfUpsert({ address, edit }: AccountUpsert): Identity[] {
  return [
    ...identitiesOfAccount(edit.fields.domain, [...address.externalIds, ...edit.add_external_ids]),
    ...identitiesOfAccount(null, edit.replace.external_ids ?? []),
  ]
}

/** Accounts that are addressed by their ids. */
export function idsOf(upserts: AccountUpsert[]): string[] {
  return upserts.map(({ address }) => address.id).filter((id) => id !== null)
}

/** Which account an upsert is about, as far as the desk knows. */
export function aimOnDesk(desk: AccountDesk, { address }: AccountUpsert): Aim {
  return aimUpsert(desk.book, address, (id) => desk.accounts.get(id)?.account.external_ids)
}

/** Decides an upsert on the desk; a refused one leaves it as it was. */
export function upsertAccountOnDesk(desk: AccountDesk, teller: Teller, upsert: AccountUpsert, now: Date): Result {
  const { edit, newId, expectedVersion } = upsert
  const aim = aimOnDesk(desk, upsert)
  if (aim.outcome === 'create')
    return expectedVersion === null ? create(desk, teller, upsert, newId, now) : { outcome: 'stale' }
  if (aim.outcome !== 'edit') return aim
  const stored = desk.accounts.get(aim.id)?.account
  if (stored === undefined) return { outcome: 'not_found' }
  if (!isExpectedVersion(expectedVersion, stored.version)) return { outcome: 'stale' }
  const merged = mergeAccount(stored, restoring(upsert.address, edit))
  if (!merged.ok) return { outcome: 'too_many', field: merged.field, limit: merged.limit }
  if (Object.keys(merged.changed).length === 0) return { outcome: 'unchanged', record: stored }
  const next = { ...stored, ...merged.changed, version: stored.version + 1, updated_at: now.toISOString() }
  const refused = moveIdentities(desk, stored, next)
  if (refused !== null) return refused
  desk.accounts.set(next.id, { account: next, stored: desk.accounts.get(next.id)?.stored ?? null })
  tellAccount(desk, next, merged.changed, stored, teller)
  return { outcome: 'updated', record: next }
}

function create(desk: AccountDesk, teller: Teller, { edit, address }: AccountUpsert, id: string, now: Date): Result {
  const at = now.toISOString()
  const blank: AccountFacts = {
    ...BLANK_ACCOUNT,
    id,
    tags: [],
    custom_fields: {},
    metadata: {},
    external_ids: [],
    archived: false,
    version: 1,
    created_at: at,
    updated_at: at,
  }
  const merged = mergeAccount(blank, edit)
  if (!merged.ok) return { outcome: 'too_many', field: merged.field, limit: merged.limit }
  const account = { ...blank, ...merged.changed }
  // A second account of a domain may be wanted; a second one of an id in another system never is.
  const exclusive = identitiesOfAccount(address.onDuplicate === 'create' ? null : account.domain, account.external_ids)
  const other = findOtherOwner(desk.book, id, exclusive)
  if (other !== undefined) return { outcome: 'duplicate', existing_id: other }
  claimIdentities(desk.book, id, identitiesOfAccount(account.domain, account.external_ids))
  desk.accounts.set(id, { account, stored: null })
  tellAccount(desk, account, merged.changed, null, teller)
  return { outcome: 'created', record: account }
}

function moveIdentities(desk: AccountDesk, before: AccountFacts, next: AccountFacts): Refused | null {
  const old = identitiesOfAccount(before.domain, before.external_ids)
  const wanted = identitiesOfAccount(next.domain, next.external_ids)
  const added = withoutIdentities(wanted, old)
  const other = findOtherOwner(desk.book, next.id, added)
  if (other !== undefined) return { outcome: 'duplicate', existing_id: other }
  freeIdentities(desk.book, next.id, withoutIdentities(old, wanted))
  claimIdentities(desk.book, next.id, added)
  return null
}
