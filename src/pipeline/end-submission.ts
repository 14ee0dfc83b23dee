/** How a submission ends: its state with the reasons, and the change that tells about an end that needs a person. */
import type { PendingChange } from '../changes/change.ts'
import { recordChanges } from '../changes/record-change.ts'
import type { Tx } from '../db/client.ts'
import type { SpamRecord } from '../domain/spam/decide-spam.ts'
import { encodeTypeId } from '../domain/type-id.ts'
import type { Resolution } from './resolve-lead.ts'
import type { ClaimedSubmission, SubmissionEnd } from './submission-queries.ts'

/** The end of a submission that was let through; without a resolution no value of it belonged to a lead. */
export function endOf(
  submission: ClaimedSubmission,
  resolution: Resolution | undefined,
  spam: SpamRecord | null,
  moreReasons: string[],
): SubmissionEnd {
  const base = { id: submission.id, attempt: submission.attempt, due_at: null, spam }
  if (resolution === undefined) {
    return { ...base, state: 'failed', lead_id: null, outcome: 'failed', reasons: ['no_lead_fields'], receipt_id: null }
  }
  const { lead, outcome, intake } = resolution
  const reasons = [...intake.issues.map((issue) => `${issue.field}: ${issue.code}`), ...moreReasons]
  return { ...base, state: 'processed', lead_id: lead.id, outcome, reasons, receipt_id: intake.receipt_id }
}

/** The end of a submission that is probably spam. */
export function quarantineOf(submission: ClaimedSubmission, spam: SpamRecord, receiptId: string): SubmissionEnd {
  return {
    id: submission.id,
    attempt: submission.attempt,
    state: 'quarantined',
    lead_id: null,
    outcome: 'quarantined',
    reasons: spam.reasons.map(({ code }) => code),
    receipt_id: receiptId,
    spam,
    due_at: null,
  }
}

/** Records the ends that a person has to look at. */
export function recordEnds(tx: Tx, claimed: ClaimedSubmission[], ends: SubmissionEnd[], now: Date): void {
  const formOf = new Map(claimed.map((submission) => [submission.id, submission.form_key]))
  recordChanges(
    tx,
    ends
      .filter((end) => end.state === 'failed' || end.state === 'quarantined')
      .map((end) => changeOfEnd({ ...end, form_key: formOf.get(end.id) ?? '' }, 'received', 'system', null, now)),
  )
}

/** The change of a submission that ended in `failed` or `quarantined`. */
export function changeOfEnd(
  end: Pick<SubmissionEnd, 'id' | 'state' | 'reasons'> & { form_key: string },
  before: string,
  actor: string,
  origin: string | null,
  now: Date,
): PendingChange {
  return {
    type: end.state === 'quarantined' ? 'form_submission.quarantined' : 'form_submission.failed',
    object_id: end.id,
    actor,
    origin,
    occurred_at: now.toISOString(),
    object: {
      id: encodeTypeId('submission', end.id),
      form_key: end.form_key,
      state: end.state,
      reasons: end.reasons,
    },
    changed_fields: ['state'],
    previous: { state: before },
  }
}
