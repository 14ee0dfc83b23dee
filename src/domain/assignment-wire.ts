// An assignment as the change feed and the answers about work show it: who has the lead, and how far they are.
import { encodeTypeId } from './type-id.ts'

/** The part of a stored assignment that tells how the work goes; uuids. */
export interface AssignmentProgressFacts {
  id: string
  lead_id: string
  target: string
  user_id: string | null
  pool_key: string | null
  arrived_at: string
  assigned_at: string
  accepted_at: string | null
  first_touch_at: string | null
  qualified_at: string | null
  ended_at: string | null
  end_reason: string | null
  end_note: string | null
  version: number
}

/** The wire form. */
export function toAssignmentProgress(assignment: AssignmentProgressFacts) {
  const { id, lead_id, user_id, target, pool_key, arrived_at, assigned_at, accepted_at } = assignment
  const { first_touch_at, qualified_at, ended_at, end_reason, end_note, version } = assignment
  return {
    id: encodeTypeId('assignment', id),
    lead_id: encodeTypeId('lead', lead_id),
    target,
    user_id: user_id === null ? null : encodeTypeId('user', user_id),
    pool_key,
    arrived_at,
    assigned_at,
    accepted_at,
    first_touch_at,
    qualified_at,
    ended_at,
    end_reason,
    end_note,
    etag: `"v${version}"`,
  }
}
