/**
 * Who has which identity, as far as a desk knows: what is stored, what is claimed and what is given up. Leads and
 * accounts keep one each. Nobody takes an identity that another has; the unique key of the table has the last word.
 */
import type { Identity } from '../domain/intake.ts'

export interface OwnedIdentity extends Identity {
  owner: string
}

export interface IdentityBook {
  owners: Map<string, string>
  claimed: Map<string, OwnedIdentity>
  freed: OwnedIdentity[]
}

const keyOf = ({ kind, value }: Identity) => `${kind}\u0000${value}`

/** A book of what is stored. */
export function openBook(stored: OwnedIdentity[]): IdentityBook {
  return { owners: new Map(stored.map((row) => [keyOf(row), row.owner])), claimed: new Map(), freed: [] }
}

/** Who has an identity. */
export function ownerOf(book: IdentityBook, identity: Identity): string | undefined {
  return book.owners.get(keyOf(identity))
}

/** Gives an owner the identities that nobody has; those of another stay where they are. */
export function claimIdentities(book: IdentityBook, owner: string, identities: Identity[]): void {
  for (const { kind, value } of identities) {
    const key = keyOf({ kind, value })
    if (book.owners.has(key)) continue
    book.owners.set(key, owner)
    book.claimed.set(key, { kind, value, owner })
  }
}

/** Takes identities from an owner, those that the book has not seen included; those of another stay where they are. */
export function freeIdentities(book: IdentityBook, owner: string, identities: Identity[]): void {
  for (const { kind, value } of identities) {
    const key = keyOf({ kind, value })
    if ((book.owners.get(key) ?? owner) !== owner) continue
    book.owners.delete(key)
    if (!book.claimed.delete(key)) book.freed.push({ kind, value, owner })
  }
}

/** Another owner of one of these identities, the first in their order. */
export function findOtherOwner(book: IdentityBook, owner: string, identities: Identity[]): string | undefined {
  return identities.map((identity) => ownerOf(book, identity)).find((other) => other !== undefined && other !== owner)
}

/** The identities that are in the first list and not in the second. */
export function withoutIdentities(identities: Identity[], others: Identity[]): Identity[] {
  const known = new Set(others.map(keyOf))
  return identities.filter((identity) => !known.has(keyOf(identity)))
}

/** What to insert, in one order for all writers, so that two of them with the same values wait and do not deadlock. */
export function claimsOf(book: IdentityBook): OwnedIdentity[] {
  return [...book.claimed.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, identity]) => identity)
}
