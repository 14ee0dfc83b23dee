// An account as the world sees it: the same in answers, in the change feed and in webhooks.
import type { AccountFacts } from './account.ts'
import { encodeTypeId } from './type-id.ts'

/** The wire form of an account. */
export function toAccount(account: AccountFacts) {
  return {
    ...account,
    id: encodeTypeId('account', account.id),
    owner_id: account.owner_id === null ? null : encodeTypeId('user', account.owner_id),
    etag: `"v${account.version}"`,
  }
}

export type AccountOnWire = ReturnType<typeof toAccount>
