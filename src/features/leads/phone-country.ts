/**
 * Which country a phone number without a prefix belongs to, when the request does not say: that of the lead that is
 * changed, else that of the workspace. Asked only where it matters; a request with a country or a `+` costs nothing.
 */
import type { Tx } from '../../db/client.ts'
import { externalIdentity, identitiesOf } from '../../domain/intake.ts'
import type { ExternalId } from '../../domain/lead.ts'
import type { WritePolicy } from '../../pipeline/custom-fields.ts'
import { listIdentities, listLeads } from '../../pipeline/desk-queries.ts'
import type { LeadInput } from './lead-input.ts'

/** A change, and how it names its lead. */
export interface PhoneOfLead {
  input: LeadInput
  /** Uuid, where the lead is named by its id. */
  id: string | null
}

/** The countries for the phone numbers of some changes, in their order. */
export async function listPhoneCountries(
  tx: Tx,
  { settings }: WritePolicy,
  changes: readonly PhoneOfLead[],
): Promise<(string | null)[]> {
  const asked = changes.filter(isAsked)
  if (asked.length === 0) return changes.map(() => settings.default_country)
  const owned = await listIdentities(tx, asked.flatMap(namesOf))
  const ownerOf = (change: PhoneOfLead) =>
    change.id ??
    namesOf(change)
      .map((name) => owned.find(({ kind, value }) => kind === name.kind && value === name.value)?.owner)
      .find((owner) => owner !== undefined)
  const leads = await listLeads(tx, [...new Set(asked.flatMap((change) => ownerOf(change) ?? []))])
  const countryOf = new Map(leads.map(({ id, country }) => [id, country]))
  return changes.map((change) => {
    const owner = isAsked(change) ? ownerOf(change) : undefined
    return (owner === undefined ? null : countryOf.get(owner)) ?? settings.default_country
  })
}

const isAsked = ({ input: { phone, country } }: PhoneOfLead) =>
  typeof phone === 'string' && !phone.trim().startsWith('+') && country === undefined

/** The strongest name first, as an upsert looks for its lead. */
function namesOf({ id, input }: PhoneOfLead) {
  if (id !== null) return []
  const externalIds: ExternalId[] = input.external_ids ?? []
  const { email } = input
  return [...externalIds.map(externalIdentity), ...identitiesOf(typeof email === 'string' ? { email } : {}, [])]
}
