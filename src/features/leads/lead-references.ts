/** What an edit of a lead refers to: its company and its owner must be there, and nobody is given to a seller who left. */
import type { Tx } from '../../db/client.ts'
import type { LeadEdit } from '../../domain/merge-edit.ts'
import { ApiError } from '../../errors.ts'
import { lockOwners, type Owners, refuseOwner } from '../../pipeline/owner-references.ts'
import { faultAt } from '../../pipeline/read-record.ts'
import { listKnownAccounts } from './lead-queries.ts'

export interface References {
  accounts: ReadonlySet<string>
  owners: Owners
}

/** Looks up what these edits refer to; sellers stay as they are until the transaction ends. */
export async function findReferences(tx: Tx, edits: LeadEdit[]): Promise<References> {
  const accountIds = edits.map(({ replace }) => replace.account_id).filter((id) => typeof id === 'string')
  return {
    accounts: accountIds.length === 0 ? new Set() : await listKnownAccounts(tx, accountIds),
    owners: await lockOwners(
      tx,
      edits.map(({ replace }) => replace.owner_id),
    ),
  }
}

/** Why an edit cannot be made for what it refers to; null when it can. */
export function refuseReferences({ accounts, owners }: References, { replace }: LeadEdit): ApiError | null {
  const { account_id, owner_id } = replace
  if (typeof account_id === 'string' && !accounts.has(account_id)) return unknownAccount()
  return refuseOwner(owners, owner_id)
}

/** 422 for a company that is absent or belongs to another workspace: the two look the same. */
export function unknownAccount(): ApiError {
  const detail = 'No such account.'
  return new ApiError('unprocessable', detail, { items: [faultAt('/account_id', 'unknown_account', detail)] })
}
