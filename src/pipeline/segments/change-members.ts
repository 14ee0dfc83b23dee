/** Puts leads into a segment or takes them out, many at once, and tells about those that really crossed. */
import type { PendingChange } from '../../changes/change.ts'
import { recordChanges } from '../../changes/record-change.ts'
import type { Tx } from '../../db/client.ts'
import { toLead } from '../../domain/lead-wire.ts'
import { listLeads } from '../desk-queries.ts'
import { markWork } from '../mark-work.ts'
import type { Teller } from '../tell-story.ts'
import { enterSegments, leaveSegments } from './segment-queries.ts'

/** Writes the memberships, tells the changes and marks the leads; returns how many crossed. */
export async function changeMembers(
  tx: Tx,
  { actor, origin }: Teller,
  segment_key: string,
  leadIds: { enter: readonly string[]; leave: readonly string[] },
  now: Date,
): Promise<{ entered: number; left: number }> {
  const at = now.toISOString()
  const crossing = (lead_id: string) => ({ segment_key, lead_id })
  const left = await leaveSegments(tx, leadIds.leave.map(crossing), at)
  const entered = await enterSegments(tx, leadIds.enter.map(crossing), actor, at)
  const crossed = [...entered, ...left].map(({ lead_id }) => lead_id)
  if (crossed.length === 0) return { entered: 0, left: 0 }
  const leads = new Map((await listLeads(tx, crossed)).map((lead) => [lead.id, toLead(lead)]))
  const changesOf = (type: 'segment.entered' | 'segment.left', ids: readonly { lead_id: string }[]) =>
    ids.flatMap(({ lead_id }): PendingChange[] => {
      const object = leads.get(lead_id)
      if (object === undefined) return []
      const about = { type, object_id: lead_id, actor, origin, occurred_at: at, object }
      return [{ ...about, changed_fields: ['segments'], previous: {}, details: { segment_key } }]
    })
  recordChanges(tx, [...changesOf('segment.entered', entered), ...changesOf('segment.left', left)])
  await markWork(tx, crossed, 'segment')
  return { entered: entered.length, left: left.length }
}
