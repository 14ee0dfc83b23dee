// What an edit by an API user makes of an account: it always wins, null clears, lists replace, maps merge key by key.
import type { AccountFacts } from './account.ts'
import type { AccountFields } from './account-fields.ts'
import type { Identity } from './intake.ts'
import { externalIdentity } from './intake.ts'
import { type ExternalId, LEAD_LIMITS } from './lead.ts'
import { addIds, mergeTexts } from './merge-edit.ts'
import { decideCustomFields, differenceOf } from './survivorship.ts'

export interface AccountEdit {
  fields: AccountFields
  /** Values in stored form; null clears. */
  custom_fields: Record<string, unknown>
  metadata: Record<string, string | null>
  replace: Partial<Pick<AccountFacts, 'tags' | 'external_ids' | 'archived' | 'owner_id'>>
  add_external_ids: ExternalId[]
}

export type AccountVerdict =
  | { ok: true; changed: Partial<AccountFacts> }
  | { ok: false; field: keyof typeof LEAD_LIMITS; limit: number }

/** The fields of an account that an edit changes; a collection has the limits of a lead's. */
export function mergeAccount(account: AccountFacts, edit: AccountEdit): AccountVerdict {
  const writer = { by: 'person' as const, explicit: true }
  const changed = differenceOf(account, {
    ...edit.fields,
    custom_fields: decideCustomFields(account.custom_fields, {}, edit.custom_fields, writer).next,
    metadata: mergeTexts(account.metadata, edit.metadata),
    ...edit.replace,
    external_ids: addIds(edit.replace.external_ids ?? account.external_ids, edit.add_external_ids),
  })
  const names = Object.keys(LEAD_LIMITS) as (keyof typeof LEAD_LIMITS)[]
  const excess = names.find((name) => Object.keys(changed[name] ?? []).length > LEAD_LIMITS[name])
  return excess === undefined ? { ok: true, changed } : { ok: false, field: excess, limit: LEAD_LIMITS[excess] }
}

/** What identifies an account exactly: its ids in other systems, then its domain. */
export function identitiesOfAccount(domain: string | null | undefined, externalIds: ExternalId[]): Identity[] {
  return [...externalIds.map(externalIdentity), ...domainIdentity(domain)]
}

/** The identity of a domain, as a list of none or one. */
export function domainIdentity(domain: string | null | undefined): Identity[] {
  return typeof domain === 'string' ? [{ kind: 'domain', value: domain }] : []
}
