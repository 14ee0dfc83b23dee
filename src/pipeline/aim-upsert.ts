/**
 * Which record an upsert is about. An id and the ids in other systems address a record: it is changed. What only
 * describes one (a lead's e-mail, an account's domain) finds it too, unless the caller wants otherwise.
 */
import { externalIdentity, type Identity } from '../domain/intake.ts'
import type { ExternalId } from '../domain/lead.ts'
import { type IdentityBook, ownerOf } from './identity-book.ts'
import type { Refused } from './write-result.ts'

export interface UpsertAddress {
  /** Must exist when it is given. */
  id: string | null
  externalIds: ExternalId[]
  /** Describes the record: e-mail or domain. */
  description: Identity[]
  onDuplicate: 'update' | 'reject' | 'create'
  /** `If-None-Match: *` */
  createOnly: boolean
  createIfMissing: boolean
}

/**
 * What an upsert means beyond its fields: whoever would have a record made wants it to be there afterwards, so an archived
 * one comes back as it does when a visitor returns, unless the same request archives it. An id of ours, or "do not make
 * one", asks for a change of what is there, as a PATCH does: archived stays archived.
 */
export function restoring<Edit extends { replace: { archived?: boolean } }>(
  { id, createIfMissing }: UpsertAddress,
  edit: Edit,
): Edit {
  if (id !== null || !createIfMissing || edit.replace.archived !== undefined) return edit
  return { ...edit, replace: { ...edit.replace, archived: false } }
}

export type Aim = { outcome: 'edit'; id: string } | { outcome: 'create' } | Refused

/** Finds the record on the desk; `externalIdsOf` are those that a record has already. */
export function aimUpsert(
  book: IdentityBook,
  address: UpsertAddress,
  externalIdsOf: (id: string) => ExternalId[] | undefined,
): Aim {
  const addressed = address.id ?? firstOwner(book, address.externalIds.map(externalIdentity))
  if (addressed !== undefined) {
    if (externalIdsOf(addressed) === undefined) return { outcome: 'not_found' }
    return address.createOnly ? { outcome: 'exists' } : { outcome: 'edit', id: addressed }
  }
  if (!address.createIfMissing) return { outcome: 'not_found' }
  const described = firstOwner(book, address.description)
  if (described === undefined || address.onDuplicate === 'create') return { outcome: 'create' }
  // Two records of one system with one e-mail are two people there: joining them would make the systems fight.
  const isTaken = hasOtherId(externalIdsOf(described) ?? [], address.externalIds)
  return address.onDuplicate === 'reject' || address.createOnly || isTaken
    ? { outcome: 'duplicate', existing_id: described }
    : { outcome: 'edit', id: described }
}

function firstOwner(book: IdentityBook, identities: Identity[]): string | undefined {
  return identities.map((identity) => ownerOf(book, identity)).find((owner) => owner !== undefined)
}

function hasOtherId(known: ExternalId[], given: ExternalId[]): boolean {
  return given.some(({ system }) => known.some((id) => id.system === system))
}
