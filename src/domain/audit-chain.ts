// Each entry's hash covers the entry and the hash before it, so an entry that is altered, removed, inserted or moved
// breaks the chain at that place. The end of the chain is kept apart, so entries cut off at the end show too. Who can
// rewrite the whole log can rewrite the chain: against that, note the newest hash elsewhere and compare (api: known_hash).
import { createHash } from 'node:crypto'
import { canonicalJson } from './audit-entry.ts'

/** An entry before it has its place in the chain; hashes are hex. */
export interface AuditEntry {
  workspace_id: string
  sequence: number
  id: string
  /** RFC 3339, UTC, milliseconds. */
  occurred_at: string
  actor: string
  action: string
  object: string
  object_id: string
  before: Record<string, unknown>
  after: Record<string, unknown>
  before_hash: string | null
  after_hash: string | null
  request_id: string | null
  ip_prefix: string | null
}

export interface ChainedEntry extends AuditEntry {
  previous_hash: string
  hash: string
}

/** A place in the chain: the number and hash of an entry. */
export interface ChainLink {
  sequence: number
  hash: string
}

/** What stands before the first entry. */
export const CHAIN_START: ChainLink = { sequence: 0, hash: '0'.repeat(64) }

/** Names of the hashed fields: the order is part of the format, which entries of years ago must still match. */
const HASHED = [
  'workspace_id',
  'sequence',
  'id',
  'occurred_at',
  'actor',
  'action',
  'object',
  'object_id',
  'before',
  'after',
  'before_hash',
  'after_hash',
  'request_id',
  'ip_prefix',
] as const satisfies (keyof AuditEntry)[]

/** The hash of an entry that follows one with this hash. */
export function hashOfEntry(previousHash: string, entry: AuditEntry): string {
  const text = canonicalJson(['audit@1', previousHash, ...HASHED.map((name) => entry[name])])
  return createHash('sha256').update(text).digest('hex')
}

/** Gives entries their places after `end`; returns them with the new end of the chain. */
export function chainEntries(
  end: ChainLink,
  entries: Omit<AuditEntry, 'sequence'>[],
): { chained: ChainedEntry[]; end: ChainLink } {
  let last = end
  const chained = entries.map((entry) => {
    const placed = { ...entry, sequence: last.sequence + 1 }
    const next: ChainedEntry = { ...placed, previous_hash: last.hash, hash: hashOfEntry(last.hash, placed) }
    last = { sequence: next.sequence, hash: next.hash }
    return next
  })
  return { chained, end: last }
}

export type BreakReason = 'missing' | 'unlinked' | 'altered' | 'cut_off' | 'rewritten'

/** The first place where the chain does not hold. */
export interface ChainBreak {
  sequence: number
  reason: BreakReason
}

/** Walks entries that should follow `from`, in their order; the break, or the link that they end with. */
export function walkChain(from: ChainLink, entries: ChainedEntry[]): { break: ChainBreak | null; end: ChainLink } {
  let last = from
  for (const entry of entries) {
    const reason = faultOf(last, entry)
    // A missing entry is named by its own number, not by that of the one found in its place.
    if (reason !== null) {
      return { break: { sequence: reason === 'missing' ? last.sequence + 1 : entry.sequence, reason }, end: last }
    }
    last = { sequence: entry.sequence, hash: entry.hash }
  }
  return { break: null, end: last }
}

function faultOf(last: ChainLink, entry: ChainedEntry): BreakReason | null {
  if (entry.sequence !== last.sequence + 1) return 'missing'
  if (entry.previous_hash !== last.hash) return 'unlinked'
  return hashOfEntry(last.hash, entry) === entry.hash ? null : 'altered'
}
