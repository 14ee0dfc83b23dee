// An enrollment is one lead inside one sequence. It is active until it ends, unless somebody pauses it.

export const ENROLLMENT_STATUSES = ['active', 'paused', 'ended'] as const
export type EnrollmentStatus = (typeof ENROLLMENT_STATUSES)[number]

export interface EnrollmentRow {
  id: string
  sequence_key: string
  version: number
  lead_id: string
  status: EnrollmentStatus
  reason: string | null
  held_out: boolean
  step_key: string | null
  waiting_since: string | null
  variant: string | null
  due_at: string | null
  visits: number
  failures: number
  edits: number
  entered_by: string
  started_at: string
  ended_at: string | null
  updated_at: string
}

/** An enrollment as the wire shows it. */
export function describeEnrollment(row: EnrollmentRow, ids: { enrollment: string; lead: string }) {
  const { id: _, lead_id: __, visits, failures: ___, edits: ____, ...shown } = row
  return { id: ids.enrollment, lead_id: ids.lead, ...shown, steps_taken: visits }
}

/** Who a sequence is in changes, activities and messages. */
export const sequenceActor = (sequenceKey: string) => `sequence:${sequenceKey}`
