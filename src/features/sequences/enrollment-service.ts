/** Enrollments by hand: who enters, and what becomes of those inside. */

import type { Caller, Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import type { ExpectedVersion } from '../../domain/expected-version.ts'
import type { EnrollmentRow } from '../../domain/sequence/enrollment.ts'
import type { EntryRefusal } from '../../domain/sequence/enter.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError, notFound } from '../../errors.ts'
import type { BatchItemOutcome } from '../../http/batch.ts'
import { requireVersion } from '../../http/etag.ts'
import { lockLeads } from '../../pipeline/desk-queries.ts'
import { wakeMessagesOf } from '../../pipeline/mail/message-queries.ts'
import { endEnrollments } from '../../pipeline/sequences/end-enrollments.ts'
import { type EnrollResult, enrollLeads } from '../../pipeline/sequences/enroll-leads.ts'
import { updateEnrollments, type VisitRow } from '../../pipeline/sequences/enrollment-queries.ts'
import { findSequenceVersion } from '../../pipeline/sequences/find-sequence.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { readPolicies } from '../../policies/published-policies.ts'
import { findEnrollment, listRunning, listVisits, lockEnrollment } from './enrollment-queries.ts'

const DETAILS: Record<EntryRefusal, string> = {
  no_steps: 'The sequence has no steps.',
  archived: 'The lead is archived.',
  opted_out: 'The lead gets no mail for this purpose: it has withdrawn its consent, or is suppressed.',
  running: 'The lead is in the sequence.',
  not_again: 'The lead has been in the sequence, which lets nobody in twice.',
  too_early: 'The lead has been in the sequence too recently.',
  condition: 'The lead does not meet the condition of the entry.',
  goal: 'The lead has reached the goal of the sequence.',
  exit: 'The lead is where the sequence ends: in a stage of its exit, or it meets the condition of its exit.',
}

/** Enrolls leads; one result each. Who is inside already stays there. 422 when the sequence is not published. */
export async function enroll(
  ctx: Ctx,
  caller: Caller,
  key: string,
  leadIds: readonly string[],
): Promise<BatchItemOutcome[]> {
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    const results = await enrollLeads(tx, { key, leadIds, entered_by: caller.actor }, ctx.now())
    const running = await listRunning(tx, key, leadIds)
    return results.map((result, i) => toOutcome(result, running, `/lead_ids/${i}`))
  })
}

function toOutcome(result: EnrollResult, running: ReadonlyMap<string, string>, pointer: string): BatchItemOutcome {
  if (result.outcome === 'enrolled') {
    return { outcome: 'created', id: encodeTypeId('enrollment', result.enrollment.id) }
  }
  const { reason, lead_id } = result
  if (reason === 'not_published') throw notPublished()
  if (reason === 'not_found') return { outcome: 'failed', problem: notFound('lead') }
  const inside = running.get(lead_id)
  if (reason === 'running' && inside !== undefined) {
    return { outcome: 'unchanged', id: encodeTypeId('enrollment', inside) }
  }
  const detail = DETAILS[reason]
  const items = [{ code: reason, detail, pointer, parameter: null }]
  return { outcome: 'failed', problem: new ApiError('unprocessable', detail, { items }) }
}

function notPublished(): ApiError {
  const detail = 'No such sequence is published.'
  const items = [{ code: 'not_published', detail, pointer: '/sequence_key', parameter: null }]
  return new ApiError('unprocessable', detail, { items })
}

interface Shown {
  row: EnrollmentRow
  visits: VisitRow[]
}

/** One enrollment with its visits; 404 when there is none. */
export async function readEnrollment(ctx: Ctx, workspaceId: string, id: string): Promise<Shown> {
  return await withWorkspace(ctx.db, workspaceId, (tx) => show(tx, id))
}

async function show(tx: Tx, id: string): Promise<Shown> {
  const row = await findEnrollment(tx, id)
  if (row === undefined) throw notFound('enrollment')
  return { row, visits: await listVisits(tx, tx.workspaceId, id) }
}

export interface EnrollmentWish {
  status?: 'active' | 'paused' | 'ended'
  version?: number
  step_key?: string
}

/** Pauses, resumes, stops or moves an enrollment; throws 404, 409 when it has ended, 412, 422. */
export async function changeEnrollment(
  ctx: Ctx,
  caller: Caller,
  id: string,
  wish: EnrollmentWish,
  expected: ExpectedVersion,
): Promise<Shown> {
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    // The lead first, like everybody who writes about it.
    const found = await findEnrollment(tx, id)
    if (found === undefined) throw notFound('enrollment')
    await lockLeads(tx, [found.lead_id])
    const row = (await lockEnrollment(tx, id)) ?? found
    requireVersion(expected, row.edits)
    if (!isAlready(row, wish)) await change(tx, caller, row, wish, ctx.now())
    return await show(tx, id)
  })
}

const isAlready = (row: EnrollmentRow, { status, version, step_key }: EnrollmentWish) =>
  (status === undefined || status === row.status) &&
  (version === undefined || version === row.version) &&
  (step_key === undefined || (step_key === row.step_key && row.status !== 'ended'))

async function change(
  tx: Tx,
  { actor }: Caller,
  row: EnrollmentRow,
  { status = row.status, version = row.version, step_key }: EnrollmentWish,
  now: Date,
): Promise<void> {
  if (row.status === 'ended') throw new ApiError('conflict', 'The enrollment has ended; enroll the lead again.')
  if (status === 'ended') {
    await endEnrollments(tx, [{ row }], 'stopped', now, actor)
    return
  }
  const isMoved = step_key !== undefined && step_key !== row.step_key
  const step = step_key ?? row.step_key
  await checkPlace(tx, row, version, step)
  const at = now.toISOString()
  // Looked at at once: what has become due in the meantime, and the step that it was moved to.
  const due_at = status === 'paused' ? null : at
  const waiting_since = isMoved ? null : row.waiting_since
  const reason = status === 'paused' ? row.reason : null
  const changed = {
    ...row,
    status,
    version,
    step_key: step,
    waiting_since,
    reason,
    due_at,
    failures: 0,
    updated_at: at,
  }
  await updateEnrollments(tx, [changed])
  if (due_at === null) return
  tx.announce('enrollments')
  if (row.status === 'paused') await wakeMessagesOf(tx, row.id, now)
}

/** The version must be the published one, or stay; the step must be in it. */
async function checkPlace(tx: Tx, row: EnrollmentRow, version: number, step: string | null): Promise<void> {
  const { sequence_key } = row
  if (version !== row.version) {
    const published = (await readPolicies(tx)).of('sequence').find(({ key }) => key === sequence_key)
    if (published?.version !== version) throw misplaced('not_published', 'Only the published version.', '/version')
  }
  const definition = await findSequenceVersion(tx, sequence_key, version)
  if (step === null || definition?.steps.some(({ key }) => key === step) === true) return
  throw misplaced('unknown_step', `Version ${version} has no step ${step}; say which one to go on at.`, '/step_key')
}

function misplaced(code: string, detail: string, pointer: string): ApiError {
  return new ApiError('unprocessable', detail, { items: [{ code, detail, pointer, parameter: null }] })
}
