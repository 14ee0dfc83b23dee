/** What an edit of a lead refers to: its company and its owner must be there, and nobody is given to a seller who left. */
import type { Tx } from '../../db/client.ts'
import type { LeadEdit } from '../../domain/merge-edit.ts'
import { ApiError } from '../../errors.ts'
import { faultAt } from '../../pipeline/read-record.ts'
import { listKnownAccounts, lockOwners } from './lead-queries.ts'

export interface References {
  accounts: ReadonlySet<string>
  /** Whether each known seller is active. */
  owners: ReadonlyMap<string, boolean>
}

/** Looks up what these edits refer to; sellers stay as they are until the transaction ends. */
export async function findReferences(tx: Tx, edits: LeadEdit[]): Promise<References> {
  const idsOf = (name: 'account_id' | 'owner_id') =>
    edits.map(({ replace }) => replace[name]).filter((id) => typeof id === 'string')
  const [accountIds, ownerIds] = [idsOf('account_id'), idsOf('owner_id')]
  return {
    accounts: accountIds.length === 0 ? new Set() : await listKnownAccounts(tx, accountIds),
    owners: ownerIds.length === 0 ? new Map() : await lockOwners(tx, [...new Set(ownerIds)]),
  }
}

/** Why an edit cannot be made for what it refers to; null when it can. */
export function refuseReferences({ accounts, owners }: References, { replace }: LeadEdit): ApiError | null {
  const { account_id, owner_id } = replace
  if (typeof account_id === 'string' && !accounts.has(account_id)) return unknownAccount()
  if (typeof owner_id !== 'string' || owners.get(owner_id) === true) return null
  return owners.has(owner_id)
    ? refusal('/owner_id', 'inactive_user', 'This user is not active and gets no leads.')
    : unknownOwner()
}

/** 422 for a company that is absent or belongs to another workspace: the two look the same. */
export const unknownAccount = () => refusal('/account_id', 'unknown_account', 'No such account.')
/** 422 for a seller who is absent or belongs to another workspace. */
export const unknownOwner = () => refusal('/owner_id', 'unknown_user', 'No such user.')

function refusal(pointer: string, code: string, detail: string): ApiError {
  return new ApiError('unprocessable', detail, { items: [faultAt(pointer, code, detail)] })
}
