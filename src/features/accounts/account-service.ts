/** Writes to accounts: create, edit, upsert, one or up to 200. */

import type { Caller, Ctx } from '../../ctx.ts'
import type { AccountFacts } from '../../domain/account.ts'
import type { ExpectedVersion } from '../../domain/expected-version.ts'
import type { ExternalId } from '../../domain/lead.ts'
import { addIds } from '../../domain/merge-edit.ts'
import { newId } from '../../domain/new-id.ts'
import { decodeTypeId } from '../../domain/type-id.ts'
import { ApiError, notFound } from '../../errors.ts'
import { loadAccountDesk, writeAccountDesk } from '../../pipeline/account-desk.ts'
import { findWritePolicy, type WritePolicy } from '../../pipeline/custom-fields.ts'
import { lockOwners, refuseOwner } from '../../pipeline/owner-references.ts'
import { readOnDuplicate } from '../../pipeline/read-record.ts'
import { decideInOrder, type ItemResult, runBatch } from '../../pipeline/run-batch.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import {
  type AccountUpsert,
  aimOnDesk,
  identitiesOfUpsert,
  idsOf,
  upsertAccountOnDesk,
  upsertAccount as writeUpsert,
} from '../../pipeline/write-account.ts'
import { isWritten, problemOf } from '../../pipeline/write-result.ts'
import { type AccountInput, readAccountInput, upsertOf } from './account-input.ts'
import { listCountriesOfAccounts, type PhoneOfAccount } from './phone-of-account.ts'

/** What two accounts cannot share, in words. */
const EXCLUSIVE = 'domain or external id'

export interface WrittenAccount {
  account: AccountFacts
  created: boolean
}

/** Creates an account, or updates the known one. */
export async function createAccount(
  ctx: Ctx,
  caller: Caller,
  input: AccountInput,
  onDuplicate: string | undefined,
): Promise<WrittenAccount> {
  const given = withoutNulls(input)
  return await write(ctx, caller, { input: given, id: null }, (policy, country) => {
    const wanted = readOnDuplicate(policy, onDuplicate)
    const upsert = upsertOf(policy, given, { onDuplicate: wanted, country })
    if (wanted === 'update') return upsert
    // An upsert would change the account of a known external id; a creation must not.
    const { address } = upsert
    return { ...upsert, address: { ...address, externalIds: [] } }
  })
}

/** In a creation null means "not given": it clears nothing of a known account. */
function withoutNulls(input: AccountInput): AccountInput {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null))
}

/** Changes an account by merge patch. */
export async function updateAccount(
  ctx: Ctx,
  caller: Caller,
  id: string,
  input: AccountInput,
  expectedVersion: ExpectedVersion,
): Promise<AccountFacts> {
  const { account } = await write(ctx, caller, { input, id }, (policy, country) => ({
    address: {
      id,
      externalIds: [],
      description: [],
      onDuplicate: 'update',
      createOnly: false,
      createIfMissing: false,
    },
    edit: readAccountInput(policy, input, country),
    newId: newId(),
    expectedVersion,
  }))
  return account
}

/** Hides an account from lists; everything about it stays. */
export async function archiveAccount(
  ctx: Ctx,
  caller: Caller,
  id: string,
  expectedVersion: ExpectedVersion,
): Promise<void> {
  await updateAccount(ctx, caller, id, { archived: true }, expectedVersion)
}

/** What the caller of an upsert says beside the fields. */
export interface UpsertWishes {
  onDuplicate: string | undefined
  expectedVersion: ExpectedVersion
  createOnly: boolean
  createIfMissing: boolean
}

/** Creates or changes the account of an id in another system. */
export async function upsertAccount(
  ctx: Ctx,
  caller: Caller,
  externalId: ExternalId,
  input: AccountInput,
  { onDuplicate, expectedVersion, createOnly, createIfMissing }: UpsertWishes,
): Promise<WrittenAccount> {
  const given = { ...input, external_ids: addIds([externalId], input.external_ids ?? []) }
  return await write(ctx, caller, { input: given, id: null }, (policy, country) => {
    const upsert = upsertOf(policy, given, { onDuplicate: readOnDuplicate(policy, onDuplicate), country })
    // Only the id of the path addresses the account; further ones in the body join it.
    const address = { ...upsert.address, externalIds: [externalId], createOnly, createIfMissing }
    return { ...upsert, address, expectedVersion }
  })
}

async function write(
  ctx: Ctx,
  caller: Caller,
  asked: PhoneOfAccount,
  read: (policy: WritePolicy, country: string | null) => AccountUpsert,
): Promise<WrittenAccount> {
  const result = await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    const policy = await findWritePolicy(tx, caller.workspaceId)
    const [country = null] = await listCountriesOfAccounts(tx, policy, [asked])
    const upsert = read(policy, country)
    const { owner_id } = upsert.edit.replace
    const problem = refuseOwner(await lockOwners(tx, [owner_id]), owner_id)
    if (problem !== null) throw problem
    return await writeUpsert(tx, caller, upsert, ctx.now())
  })
  if (!isWritten(result)) throw problemOf('account', EXCLUSIVE, result)
  return { account: result.record, created: result.outcome === 'created' }
}

/** One item: what was sent, or what its schema says against it. */
export type BatchItem = (AccountInput & { id?: string }) | ApiError

/** Creates or changes accounts; the results are in the order of the items. */
export async function upsertAccounts(
  ctx: Ctx,
  caller: Caller,
  items: BatchItem[],
  wishes: { atomic: boolean; onDuplicate: string | undefined },
): Promise<ItemResult<AccountFacts>[]> {
  return await runBatch({
    db: ctx.db,
    workspaceId: caller.workspaceId,
    items,
    atomic: wishes.atomic,
    decide: async (tx, part) => {
      const now = ctx.now()
      const policy = await findWritePolicy(tx, caller.workspaceId)
      const onDuplicate = readOnDuplicate(policy, wishes.onDuplicate)
      const named = part.map(nameItem)
      const countries = await listCountriesOfAccounts(
        tx,
        policy,
        named.map((item) => (item instanceof ApiError ? NOTHING : item)),
      )
      const read = named.map((item, i) => readItem(policy, item, { onDuplicate, country: countries[i] ?? null }))
      const upserts = read.filter((item): item is AccountUpsert => !(item instanceof ApiError))
      const owners = await lockOwners(
        tx,
        upserts.map(({ edit }) => edit.replace.owner_id),
      )
      const desk = await loadAccountDesk(tx, upserts.flatMap(identitiesOfUpsert), idsOf(upserts))
      const results = decideInOrder(read, {
        kind: 'account',
        what: EXCLUSIVE,
        aim: (item) => aimOnDesk(desk, item),
        refuse: ({ edit }) => refuseOwner(owners, edit.replace.owner_id),
        decide: (item) => upsertAccountOnDesk(desk, caller, item, now),
      })
      return { results, write: () => writeAccountDesk(tx, desk, now) }
    },
  })
}

/** Stands for a faulty item, about which nothing is asked. */
const NOTHING: PhoneOfAccount = { input: {}, id: null }

/** An item with the account that its id names. */
function nameItem(item: BatchItem): PhoneOfAccount | ApiError {
  if (item instanceof ApiError) return item
  const { id, ...input } = item
  const uuid = id === undefined ? null : decodeTypeId('account', id)
  return uuid === undefined ? notFound('account') : { input, id: uuid }
}

function readItem(
  policy: WritePolicy,
  item: PhoneOfAccount | ApiError,
  wishes: { onDuplicate: ReturnType<typeof readOnDuplicate>; country: string | null },
): AccountUpsert | ApiError {
  if (item instanceof ApiError) return item
  const { input, id } = item
  try {
    return upsertOf(policy, input, { ...wishes, id })
  } catch (error) {
    // What is wrong with one item is its own result.
    if (error instanceof ApiError) return error
    throw error
  }
}
