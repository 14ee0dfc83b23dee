/** Puts leads into a segment or takes them out, many at once, and tells about those that really crossed. */
import type { PendingChange } from '../../changes/change.ts'
import { recordChanges } from '../../changes/record-change.ts'
import type { Tx } from '../../db/client.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { toLead } from '../../domain/lead-wire.ts'
import { markWork } from '../mark-work.ts'
import type { Teller } from '../tell-story.ts'
import { enterSegments, leaveSegments } from './segment-queries.ts'

/** Leads that cross, locked by the caller: the feed tells them as nobody else can change them until the commit. */
export interface Crossers {
  enter: readonly LeadFacts[]
  leave: readonly LeadFacts[]
}

/** Writes the memberships, tells the changes and marks the leads; returns how many crossed. */
export async function changeMembers(
  tx: Tx,
  { actor, origin }: Teller,
  segment_key: string,
  { enter, leave }: Crossers,
  now: Date,
): Promise<{ entered: number; left: number }> {
  const at = now.toISOString()
  const crossing = ({ id }: LeadFacts) => ({ segment_key, lead_id: id })
  const left = await leaveSegments(tx, leave.map(crossing), at)
  const entered = await enterSegments(tx, enter.map(crossing), actor, at)
  const crossed = [...entered, ...left].map(({ lead_id }) => lead_id)
  if (crossed.length === 0) return { entered: 0, left: 0 }
  const leads = new Map([...enter, ...leave].map((lead) => [lead.id, lead]))
  const changesOf = (type: 'segment.entered' | 'segment.left', ids: readonly { lead_id: string }[]) =>
    ids.flatMap(({ lead_id }): PendingChange[] => {
      const lead = leads.get(lead_id)
      if (lead === undefined) return []
      const about = { type, object_id: lead_id, actor, origin, occurred_at: at, object: toLead(lead) }
      return [{ ...about, changed_fields: ['segments'], previous: {}, details: { segment_key } }]
    })
  recordChanges(tx, [...changesOf('segment.entered', entered), ...changesOf('segment.left', left)])
  await markWork(tx, crossed, 'segment')
  return { entered: entered.length, left: left.length }
}
