/** The country of an account's phone number without a prefix: pipeline/phone-country.ts says which, this where accounts are. */
import type { Tx } from '../../db/client.ts'
import { normalizeAccountFields } from '../../domain/account-fields.ts'
import { identitiesOfAccount } from '../../domain/merge-account.ts'
import { listAccountCountries, listAccountIdentities } from '../../pipeline/account-queries.ts'
import type { WritePolicy } from '../../pipeline/custom-fields.ts'
import { listPhoneCountries } from '../../pipeline/phone-country.ts'
import type { AccountInput } from './account-input.ts'

/** A change, and how it names its account. */
export interface PhoneOfAccount {
  input: AccountInput
  /** Uuid, where the account is named by its id. */
  id: string | null
}

/** The countries for the phone numbers of some changes, in their order. */
export async function listCountriesOfAccounts(
  tx: Tx,
  { settings }: WritePolicy,
  changes: readonly PhoneOfAccount[],
): Promise<(string | null)[]> {
  const asked = changes.map(({ input: { phone, country, external_ids = [], domain, website }, id }) => {
    // A faulty domain names nobody here; it is refused where the whole input is read.
    const { fields } = normalizeAccountFields(
      { ...(domain !== undefined && { domain }), ...(website !== undefined && { website }) },
      null,
    )
    return { phone, country, id, names: identitiesOfAccount(fields.domain, external_ids) }
  })
  return await listPhoneCountries(settings.default_country, asked, {
    owners: (names) => listAccountIdentities(tx, names),
    records: (ids) => listAccountCountries(tx, ids),
  })
}
