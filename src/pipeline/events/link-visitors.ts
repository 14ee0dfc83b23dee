/** Recognizing visitors: their earlier events become the lead's, and the counters end as if it had been known from the start. */
import { randomBytes } from 'node:crypto'
import type { Tx } from '../../db/client.ts'
import { decideLink, type LinkDecision } from '../../domain/behaviour/decide-link.ts'
import { newId } from '../../domain/new-id.ts'
import { insertRows } from '../desk-queries.ts'
import { markWork } from '../mark-work.ts'
import { foldEvents } from './fold-events.ts'
import { attachEvents } from './ownership-queries.ts'
import {
  identifyVisitors,
  type Recognition,
  type SeenVisitor,
  setSuccessors,
  touchVisitors,
} from './visitor-queries.ts'

/** Version of the rule, written to receipts. */
export const LINK_POLICY = 'visitor@1'

export interface Link {
  decision: LinkDecision
  /** Under which id the browser goes on. */
  visitor_id: string
  /** Whose the browser was before. */
  former_lead_id: string | null
}

/** A new visitor id, as the tracker makes them. */
const makeVisitorId = () => randomBytes(16).toString('hex')

/**
 * Connects visitors with leads, one recognition after the other. Locks the visitors, so the leads must be locked before
 * and lead work is marked after.
 */
export async function linkVisitors(tx: Tx, recognized: readonly Recognition[], now: Date): Promise<Link[]> {
  if (recognized.length === 0) return []
  const seen = await touchVisitors(
    tx,
    recognized.map(({ visitor_id }) => ({ visitor_id, at: now.getTime() })),
  )
  const { links, owners, attached, successors } = decideLinks(recognized, seen)
  await identifyVisitors(tx, owners, now)
  await setSuccessors(tx, successors)
  await foldEvents(tx, await attachEvents(tx, attached))
  await insertRows(
    tx,
    'receipts',
    recognized.flatMap((recognition, i) => receiptsOf(recognition, links[i], now)),
  )
  await markWork(tx, [...new Set(owners.map(({ lead_id }) => lead_id))], 'event')
  return links
}

/** Two people may sign in at one browser within a batch, so each decision sees what the one before has made. */
function decideLinks(recognized: readonly Recognition[], seen: ReadonlyMap<string, SeenVisitor>) {
  const current = new Map(seen)
  const links: Link[] = []
  const owners = new Map<string, Recognition>()
  const attached: Recognition[] = []
  const successors = new Map<string, string>()
  for (const recognition of recognized) {
    const { visitor_id, lead_id } = recognition
    const visitor = current.get(visitor_id)
    if (visitor === undefined) throw new Error('a touched visitor is there')
    const decision = decideLink(visitor.lead_id, lead_id)
    let next = visitor
    if (decision === 'link') {
      next = { ...visitor, lead_id }
      attached.push({ ...recognition, visitor_id: visitor.visitor_id })
    } else if (decision === 'hand_over') {
      next = { visitor_id: makeVisitorId(), lead_id }
      for (const id of [visitor_id, visitor.visitor_id]) successors.set(id, next.visitor_id)
    }
    if (decision !== 'known') owners.set(next.visitor_id, { ...recognition, visitor_id: next.visitor_id })
    for (const [id, other] of current) if (other.visitor_id === visitor.visitor_id) current.set(id, next)
    links.push({ decision, visitor_id: next.visitor_id, former_lead_id: visitor.lead_id })
  }
  return { links, owners: [...owners.values()], attached, successors }
}

/** What was known already is no decision to explain. */
function receiptsOf({ visitor_id, lead_id, by }: Recognition, link: Link | undefined, now: Date) {
  if (link === undefined || link.decision === 'known') return []
  const { decision, former_lead_id } = link
  return [
    {
      id: newId(),
      lead_id,
      kind: 'visitor',
      decided_at: now.toISOString(),
      policy: LINK_POLICY,
      inputs: { visitor_id, by },
      outcome: { decision, visitor_id: link.visitor_id },
      rejected: decision === 'hand_over' ? [{ lead_id: former_lead_id, reason: 'visitor_of_another_lead' }] : [],
    },
  ]
}
