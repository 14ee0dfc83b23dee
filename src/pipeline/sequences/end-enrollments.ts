/** Ends enrollments, and tells about what happens to them. */
import type { ChangeType } from '../../changes/change.ts'
import { recordChange } from '../../changes/record-change.ts'
import type { Tx } from '../../db/client.ts'
import { newId } from '../../domain/new-id.ts'
import type { EndReason } from '../../domain/sequence/advance.ts'
import { describeEnrollment, type EnrollmentRow, sequenceActor } from '../../domain/sequence/enrollment.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { insertRows } from '../desk-queries.ts'
import { cancelMessagesOf } from '../mail/message-queries.ts'
import { updateEnrollments } from './enrollment-queries.ts'

/** `retired`: the sequence was taken out of use; `stopped`: somebody said so. */
export type AnyEndReason = EndReason | 'retired' | 'stopped'

/**
 * Mail that is planned still goes out when a sequence runs out, and when it ends by what its own step has done; whatever
 * else ends it, ends its mail too.
 */
const KEEPS_MAIL: ReadonlySet<AnyEndReason> = new Set(['completed'])
const COMPLETES: ReadonlySet<AnyEndReason> = new Set(['completed', 'goal'])

/** Ends enrollments that are locked in this transaction. */
export async function endEnrollments(
  tx: Tx,
  ending: readonly { row: EnrollmentRow; byItself?: boolean }[],
  reason: AnyEndReason,
  now: Date,
  actor: string | null = null,
): Promise<EnrollmentRow[]> {
  const at = now.toISOString()
  const ended = ending.map(
    ({ row }): EnrollmentRow => ({ ...row, status: 'ended', reason, due_at: null, ended_at: at, updated_at: at }),
  )
  await updateEnrollments(tx, ended)
  if (!KEEPS_MAIL.has(reason)) {
    const ids = ending.flatMap(({ row, byItself = false }) => (byItself ? [] : [row.id]))
    await cancelMessagesOf(tx, ids, `sequence_${reason}`, now)
  }
  await tellLines(tx, ended, 'sequence_ended', actor, now)
  const type = COMPLETES.has(reason) ? 'enrollment.completed' : 'enrollment.stopped'
  for (const row of ended) tellEnrollment(tx, type, row, now, {}, actor)
  return ended
}

type EnrollmentChange = Extract<ChangeType, `enrollment.${string}`>

/** Raises a change about an enrollment. */
export function tellEnrollment(
  tx: Tx,
  type: EnrollmentChange,
  row: EnrollmentRow,
  now: Date,
  more: Record<string, unknown> = {},
  actor: string | null = null,
): void {
  const ids = { enrollment: encodeTypeId('enrollment', row.id), lead: encodeTypeId('lead', row.lead_id) }
  recordChange(tx, {
    type,
    object_id: row.id,
    actor: actor ?? sequenceActor(row.sequence_key),
    origin: null,
    occurred_at: now.toISOString(),
    object: { ...describeEnrollment(row, ids), ...more },
    changed_fields: ['status'],
    previous: {},
  })
}

/** Adds a line to the timeline of each lead. */
export async function tellLines(
  tx: Tx,
  rows: readonly EnrollmentRow[],
  type: 'sequence_entered' | 'sequence_ended',
  actor: string | null,
  now: Date,
): Promise<void> {
  const lines = rows.map(({ id, lead_id, sequence_key, version, reason, held_out, entered_by }) => ({
    id: newId(),
    lead_id,
    type,
    occurred_at: now.toISOString(),
    actor: actor ?? entered_by,
    subject: sequence_key,
    data: { enrollment_id: encodeTypeId('enrollment', id), version, held_out, ...(reason !== null && { reason }) },
    receipt_id: null,
  }))
  if (lines.length > 0) await insertRows(tx, 'activities', lines)
}
