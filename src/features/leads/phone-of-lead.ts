/** The country of a lead's phone number without a prefix: pipeline/phone-country.ts says which, this where leads are. */
import type { Tx } from '../../db/client.ts'
import { externalIdentity, identitiesOf } from '../../domain/intake.ts'
import type { WritePolicy } from '../../pipeline/custom-fields.ts'
import { listIdentities, listLeads } from '../../pipeline/desk-queries.ts'
import { listPhoneCountries } from '../../pipeline/phone-country.ts'
import type { LeadInput } from './lead-input.ts'

/** A change, and how it names its lead. */
export interface PhoneOfLead {
  input: LeadInput
  /** Uuid, where the lead is named by its id. */
  id: string | null
}

/** The countries for the phone numbers of some changes, in their order. */
export async function listCountriesOfLeads(
  tx: Tx,
  { settings }: WritePolicy,
  changes: readonly PhoneOfLead[],
): Promise<(string | null)[]> {
  const asked = changes.map(({ input: { phone, country, external_ids = [], email }, id }) => ({
    phone,
    country,
    id,
    names: [...external_ids.map(externalIdentity), ...identitiesOf(typeof email === 'string' ? { email } : {}, [])],
  }))
  return await listPhoneCountries(settings.default_country, asked, {
    owners: (names) => listIdentities(tx, names),
    records: (ids) => listLeads(tx, ids),
  })
}
