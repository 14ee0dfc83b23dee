/**
 * Which country a phone number without a prefix belongs to, when the request does not say: that of the record that is
 * changed, else that of the workspace. Asked only where it matters; a request with a country or a `+` costs nothing.
 */
import type { Identity } from '../domain/intake.ts'
import type { OwnedIdentity } from './identity-book.ts'

/** A change, and how it names its record. */
export interface PhoneChange {
  phone: string | null | undefined
  country: string | null | undefined
  /** Uuid, where the record is named by its id. */
  id: string | null
  /** Else what names it, the strongest first, as an upsert looks for its record. */
  names: readonly Identity[]
}

/** Where records of a kind are looked up. */
export interface CountrySource {
  owners(names: Identity[]): Promise<OwnedIdentity[]>
  records(ids: string[]): Promise<{ id: string; country: string | null }[]>
}

/** The countries for the phone numbers of some changes, in their order. */
export async function listPhoneCountries(
  home: string | null,
  changes: readonly PhoneChange[],
  source: CountrySource,
): Promise<(string | null)[]> {
  const asked = changes.filter(isAsked)
  if (asked.length === 0) return changes.map(() => home)
  const owned = await source.owners(asked.flatMap(({ id, names }) => (id === null ? names : [])))
  const ownerOf = ({ id, names }: PhoneChange) =>
    id ??
    names
      .map((name) => owned.find(({ kind, value }) => kind === name.kind && value === name.value)?.owner)
      .find((owner) => owner !== undefined)
  const records = await source.records([...new Set(asked.flatMap((change) => ownerOf(change) ?? []))])
  const countryOf = new Map(records.map(({ id, country }) => [id, country]))
  return changes.map((change) => {
    const owner = isAsked(change) ? ownerOf(change) : undefined
    return (owner === undefined ? null : countryOf.get(owner)) ?? home
  })
}

const isAsked = ({ phone, country }: PhoneChange) =>
  typeof phone === 'string' && !phone.trim().startsWith('+') && country === undefined
