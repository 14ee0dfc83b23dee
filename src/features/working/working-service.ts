/** What sellers do with their assignments: accept, decline, answer, give back, hand on. */
import type { ChangeType } from '../../changes/change.ts'
import { recordChange } from '../../changes/record-change.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import type { Tx } from '../../db/client.ts'
import { toAssignmentProgress } from '../../domain/assignment-wire.ts'
import { parseSpan } from '../../domain/condition/moment.ts'
import { newId } from '../../domain/new-id.ts'
import { membersOf } from '../../domain/routing/team-document.ts'
import type { SlaTarget } from '../../domain/sla/sla-policy.ts'
import { ApiError, notFound, validationFailed } from '../../errors.ts'
import { type Desk, loadDesk } from '../../pipeline/desk.ts'
import { insertRows } from '../../pipeline/desk-queries.ts'
import { assignOnDesk, releaseOnDesk } from '../../pipeline/route/assign-on-desk.ts'
import type { AssignmentEnd, NewAssignment } from '../../pipeline/route/assignment-order.ts'
import { type AssignmentRow, lockActiveSeller } from '../../pipeline/route/assignment-queries.ts'
import { noteClocks } from '../../pipeline/sla/clock-queries.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { writeDesk } from '../../pipeline/write-desk.ts'
import { type AssignmentView, viewAssignment } from './progress-service.ts'
import { findAssignment, findPool, lockAssignment, progressAssignment } from './working-queries.ts'

/** A clock of another system may be a little ahead of ours. */
const CLOCK_SKEW_MS = 60_000

export interface AssignmentAnswer {
  action: string
  reason: string | null
  occurred_at: string | null
}

/** Accepts, declines, or records the first response; saying the same again changes nothing. */
export async function respondToAssignment(
  ctx: Ctx,
  caller: Caller,
  id: string,
  given: AssignmentAnswer,
): Promise<AssignmentView> {
  const touched = readAnswer(given, ctx.now())
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    const { assignment, desk } = await requireOpen(tx, id)
    if (given.action === 'decline') {
      const end = { reason: 'declined', note: given.reason, credit: await isCredited(tx, assignment) }
      await giveBack(tx, desk, caller, assignment, end, ctx.now())
      const ended = await requireAssignment(tx, id)
      tell(tx, caller, 'assignment.rejected', ended, ctx.now())
      return await viewAssignment(tx, ended, ctx.now())
    }
    return await viewAssignment(tx, await progress(tx, caller, assignment, touched, ctx.now()), ctx.now())
  })
}

/** The moment of the first touch, null for another answer; 400 names what is missing or not real. */
function readAnswer({ action, reason, occurred_at }: AssignmentAnswer, now: Date): string | null {
  const refuse = (pointer: string, code: string, detail: string) =>
    validationFailed([{ pointer, code, detail, parameter: null }])
  if (action === 'decline' && reason === null) throw refuse('/reason', 'required', 'Say why the lead is declined.')
  if (action !== 'first_response') {
    if (occurred_at === null) return null
    throw refuse('/occurred_at', 'not_allowed', 'Only the first response has a moment of its own.')
  }
  if (occurred_at === null) return now.toISOString()
  const at = parseSpan(occurred_at, 'timestamp')?.start
  if (at === undefined) throw refuse('/occurred_at', 'invalid_format', 'Not a real moment.')
  if (at > now.getTime() + CLOCK_SKEW_MS) throw refuse('/occurred_at', 'in_the_future', 'Has not happened yet.')
  return new Date(at).toISOString()
}

/** An answer to the lead is an acceptance too. */
async function progress(
  tx: Tx,
  caller: Caller,
  assignment: AssignmentRow,
  touchedAt: string | null,
  now: Date,
): Promise<AssignmentRow> {
  const isNewAccept = assignment.accepted_at === null
  const isNewTouch = touchedAt !== null && assignment.first_touch_at === null
  if (!isNewAccept && !isNewTouch) return assignment
  if (touchedAt !== null && touchedAt < assignment.arrived_at) {
    const detail = 'The lead came later than that.'
    throw validationFailed([{ pointer: '/occurred_at', code: 'too_early', detail, parameter: null }])
  }
  const at = now.toISOString()
  const next = await progressAssignment(tx, assignment.id, { accepted_at: at, first_touch_at: touchedAt, at })
  const met: SlaTarget[] = isNewTouch ? ['accept', 'first_touch'] : ['accept']
  await noteClocks(tx, [{ lead_id: assignment.lead_id, at: touchedAt, note: { met } }])
  if (isNewAccept) tell(tx, caller, 'assignment.accepted', next, now)
  if (isNewTouch) tell(tx, caller, 'assignment.first_touched', next, now)
  await insertRows(tx, 'activities', [
    {
      id: newId(),
      lead_id: assignment.lead_id,
      type: isNewTouch ? 'assignment_first_touched' : 'assignment_accepted',
      occurred_at: touchedAt ?? at,
      actor: caller.actor,
      subject: null,
      data: { assignment_id: assignment.id, user_id: assignment.user_id },
      receipt_id: null,
    },
  ])
  return next
}

/** Gives a lead back: to be routed anew, or into the pull queue of its pool. */
export async function releaseAssignment(
  ctx: Ctx,
  caller: Caller,
  id: string,
  { reason, toQueue }: { reason: string; toQueue: boolean },
): Promise<AssignmentView> {
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    const { assignment, desk } = await requireOpen(tx, id)
    const end = { reason: 'released', note: reason, credit: await isCredited(tx, assignment) }
    if (toQueue) await putIntoQueue(tx, desk, caller, assignment, end, ctx.now())
    else await giveBack(tx, desk, caller, assignment, end, ctx.now())
    return await viewAssignment(tx, await requireAssignment(tx, id), ctx.now())
  })
}

/** Hands a lead on to another seller; returns the new assignment. */
export async function reassignAssignment(
  ctx: Ctx,
  caller: Caller,
  id: string,
  { userId, reason }: { userId: string; reason: string },
): Promise<AssignmentView> {
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    const { assignment, desk } = await requireOpen(tx, id)
    const state = await lockActiveSeller(tx, userId)
    if (state !== 'active') throw refuseSeller(`This seller is ${state}.`, `${state}_user`)
    if (userId === assignment.user_id) throw refuseSeller('This seller has the lead already.', 'same_user')
    const start = newAssignment({ kind: 'user', user_id: userId }, assignment.pool_key, reason)
    const end = { reason: 'reassigned', note: reason, credit: false }
    assignOnDesk(desk, caller, assignment.lead_id, start, ctx.now(), end)
    await writeDesk(tx, desk, ctx.now())
    return await viewAssignment(tx, await requireAssignment(tx, start.id), ctx.now())
  })
}

function refuseSeller(detail: string, code: string): ApiError {
  return new ApiError('unprocessable', detail, { items: [{ pointer: '/user_id', code, detail, parameter: null }] })
}

/** An assignment that somebody makes by hand. */
export const newAssignment = (
  target: NewAssignment['target'],
  pool_key: string | null,
  note: string,
): NewAssignment => ({
  id: newId(),
  target,
  pool_key,
  cause: 'reassign',
  note,
  facts: null,
})

async function giveBack(tx: Tx, desk: Desk, caller: Caller, { lead_id }: AssignmentRow, end: AssignmentEnd, now: Date) {
  releaseOnDesk(desk, caller, lead_id, end, now)
  await writeDesk(tx, desk, now)
}

async function putIntoQueue(
  tx: Tx,
  desk: Desk,
  caller: Caller,
  { lead_id, pool_key }: AssignmentRow,
  end: AssignmentEnd,
  now: Date,
): Promise<void> {
  if (pool_key === null)
    throw new ApiError('conflict', 'The lead came from no pool, so there is no queue to put it into.')
  const { pool, teams } = await findPool(tx, pool_key)
  if (pool === undefined || membersOf(teams, pool).length === 0)
    throw new ApiError(
      'conflict',
      'The pool that the lead came from is gone or has no members, so nobody pulls from its queue.',
    )
  assignOnDesk(desk, caller, lead_id, newAssignment({ kind: 'queue' }, pool_key, end.note ?? ''), now, end)
  await writeDesk(tx, desk, now)
}

/** Whether a turn that was not used is given back: the pool says so. */
async function isCredited(tx: Tx, { pool_key }: AssignmentRow): Promise<boolean> {
  return pool_key !== null && ((await findPool(tx, pool_key)).pool?.credit_back ?? false)
}

/** The open assignment of a seller with its lead on a desk, both locked; 404, 409 when there is nothing to answer. */
async function requireOpen(tx: Tx, id: string): Promise<{ assignment: AssignmentRow; desk: Desk }> {
  const { lead_id } = await requireAssignment(tx, id)
  const desk = await loadDesk(tx, [], [lead_id])
  const assignment = await lockAssignment(tx, id)
  if (assignment === undefined || assignment.ended_at !== null)
    throw new ApiError('conflict', 'The assignment has ended.')
  if (assignment.user_id === null) throw new ApiError('conflict', 'No seller has this lead.')
  return { assignment, desk }
}

async function requireAssignment(tx: Tx, id: string): Promise<AssignmentRow> {
  const assignment = await findAssignment(tx, tx.workspaceId, id)
  if (assignment === undefined) throw notFound('assignment')
  return assignment
}

function tell(tx: Tx, caller: Caller, type: ChangeType, assignment: AssignmentRow, now: Date): void {
  const fields = {
    'assignment.accepted': ['accepted_at'],
    'assignment.first_touched': ['first_touch_at'],
    'assignment.rejected': ['ended_at', 'end_reason', 'end_note'],
  }
  recordChange(tx, {
    type,
    object_id: assignment.id,
    actor: caller.actor,
    origin: caller.origin,
    occurred_at: now.toISOString(),
    object: toAssignmentProgress(assignment),
    changed_fields: fields[type as keyof typeof fields],
    previous: {},
  })
}
