/** Walking the audit chain: does every entry still say what it said, and is none missing. */
import type { Db } from '../../db/client.ts'
import { CHAIN_START, type ChainBreak, type ChainLink, walkChain } from '../../domain/audit-chain.ts'
import { findAuditEnd, findAuditLink, walkAuditLog } from './audit-queries.ts'

/** Entries of one statement: about 1 MB, a few milliseconds of hashing. */
const STEP = 500
/** Entries of one request: about a second; the answer says where to go on. */
const MOST = 20_000

export interface Verification {
  checked: number
  /** The last link that holds. */
  through: ChainLink
  /** The end of the chain as the writer left it. */
  head: ChainLink
  break: ChainBreak | null
  /** Where the next request goes on; null when all is checked. */
  next: number | null
}

/** Checks the chain from an entry on. `known` is a link that the caller noted earlier: it must still be there. */
export async function verifyChain(
  db: Db,
  workspaceId: string,
  fromSequence: number,
  known: ChainLink | null,
): Promise<Verification> {
  // First: entries that are added during the walk come after this end and are left for the next one.
  const head = (await findAuditEnd(db, workspaceId)) ?? CHAIN_START
  const start = fromSequence === 1 ? CHAIN_START : await findAuditLink(db, workspaceId, fromSequence - 1)
  if (start === undefined) {
    const missing: ChainBreak = { sequence: fromSequence - 1, reason: 'missing' }
    return { checked: 0, through: CHAIN_START, head, break: missing, next: null }
  }
  const isKept = known === null || (await findAuditLink(db, workspaceId, known.sequence))?.hash === known.hash
  const walk = await walkTo(db, workspaceId, start, head)
  const first = walk.break ?? (isKept ? null : { sequence: known.sequence, reason: 'rewritten' as const })
  return {
    ...walk,
    head,
    break: first,
    next: first === null && walk.through.sequence < head.sequence ? walk.through.sequence + 1 : null,
  }
}

type Walk = Pick<Verification, 'checked' | 'through' | 'break'>

async function walkTo(db: Db, workspaceId: string, start: ChainLink, head: ChainLink): Promise<Walk> {
  let through = start
  let checked = 0
  while (through.sequence < head.sequence && checked < MOST) {
    const limit = Math.min(STEP, head.sequence - through.sequence)
    const entries = await walkAuditLog(db, workspaceId, through.sequence, limit)
    const walked = walkChain(through, entries)
    checked += walked.end.sequence - through.sequence
    through = walked.end
    if (walked.break !== null) return { checked, through, break: walked.break }
    if (entries.length === 0) return { checked, through, break: { sequence: through.sequence + 1, reason: 'cut_off' } }
  }
  const isRewritten = through.sequence === head.sequence && through.hash !== head.hash
  return { checked, through, break: isRewritten ? { sequence: head.sequence, reason: 'rewritten' } : null }
}
