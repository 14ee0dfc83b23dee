// An activity as the world sees it: the same in the timeline, in lists, in the change feed and in webhooks.
import { type ActivityFacts, isRecordable } from './activity.ts'
import { toWireIds } from './lead-wire.ts'
import { encodeTypeId } from './type-id.ts'

/** The wire form of an activity. What people recorded is shown as they sent it; our own details get their ids. */
export function toActivity(activity: ActivityFacts) {
  const version = activity.version ?? 1
  return {
    ...activity,
    id: encodeTypeId('activity', activity.id),
    lead_id: encodeTypeId('lead', activity.lead_id),
    assignee_id: activity.assignee_id === null ? null : encodeTypeId('user', activity.assignee_id),
    receipt_id: activity.receipt_id === null ? null : encodeTypeId('receipt', activity.receipt_id),
    data: isRecordable(activity.type) ? activity.data : toWireIds(activity.data),
    version,
    etag: `"v${version}"`,
  }
}
