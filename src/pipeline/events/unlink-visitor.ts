/** Taking a visitor from its lead: the events are anonymous again, the counters and the timeline forget them. */
import type { Tx } from '../../db/client.ts'
import { newId } from '../../domain/new-id.ts'
import { insertRows } from '../desk-queries.ts'
import { markWork } from '../mark-work.ts'
import { LINK_POLICY } from './link-visitors.ts'
import { detachEvents, recountDays } from './ownership-queries.ts'
import { deleteVisitsOf } from './visit-queries.ts'
import { lockVisitor, makeAnonymous } from './visitor-queries.ts'

export interface Unlinked {
  /** Whose it was; null when it was anonymous already. */
  lead_id: string | null
  /** Events that are anonymous again. */
  detached: number
}

/** Makes a visitor anonymous; undefined when there is none. */
export async function unlinkVisitor(tx: Tx, visitorId: string, by: string, now: Date): Promise<Unlinked | undefined> {
  const visitor = await lockVisitor(tx, visitorId)
  if (visitor === undefined) return undefined
  const { lead_id } = visitor
  if (lead_id === null) return { lead_id, detached: 0 }
  await makeAnonymous(tx, visitorId)
  const moved = await detachEvents(tx, visitorId, lead_id)
  await recountDays(tx, moved)
  await deleteVisitsOf(tx, lead_id, visitorId)
  const receipt = {
    id: newId(),
    lead_id,
    kind: 'visitor',
    decided_at: now.toISOString(),
    policy: LINK_POLICY,
    inputs: { visitor_id: visitorId, by },
    outcome: { decision: 'unlink', detached: moved.length },
    rejected: [],
  }
  await insertRows(tx, 'receipts', [receipt])
  await markWork(tx, [lead_id], 'event')
  return { lead_id, detached: moved.length }
}
