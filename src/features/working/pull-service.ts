/** The pull queue: whoever asks next gets the best lead that waits, and nobody else gets the same. */
import type { Caller, Ctx } from '../../ctx.ts'
import type { Tx } from '../../db/client.ts'
import { newId } from '../../domain/new-id.ts'
import { dayNumber, mondayNumber, writeDay } from '../../domain/routing/local-day.ts'
import { membersOf } from '../../domain/routing/team-document.ts'
import { ApiError, notFound } from '../../errors.ts'
import { loadDesk } from '../../pipeline/desk.ts'
import { assignOnDesk } from '../../pipeline/route/assign-on-desk.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { writeDesk } from '../../pipeline/write-desk.ts'
import { type AssignmentView, viewAssignment } from './progress-service.ts'
import {
  claimQueuedLead,
  findAssignment,
  findPool,
  lockAssignment,
  lockPuller,
  type Puller,
} from './working-queries.ts'

/** Gives the seller the best lead of the queue; null when nothing waits. Hours are not asked: who pulls is at work. */
export async function pullNextLead(
  ctx: Ctx,
  caller: Caller,
  poolKey: string,
  userId: string,
): Promise<AssignmentView | null> {
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    const { pool, teams } = await findPool(tx, poolKey)
    if (pool === undefined) throw notFound('pool')
    if (!membersOf(teams, pool).some(({ user_id }) => user_id === userId))
      throw refuse('This seller is no member of the pool.', 'not_a_member')
    const claimed = await claim(tx, poolKey, userId)
    const puller = await lockPuller(tx, userId)
    if (puller === undefined || !puller.active) throw refuse('This seller is not active.', 'inactive_user')
    if (claimed === undefined) return null
    requireRoom(puller, ctx.now())
    const start = { id: newId(), target: { kind: 'user' as const, user_id: userId }, pool_key: poolKey }
    const desk = await loadDesk(tx, [], [claimed.lead_id])
    const end = { reason: 'pulled', note: null, credit: false }
    assignOnDesk(desk, caller, claimed.lead_id, { ...start, cause: 'pull', note: null, facts: null }, ctx.now(), end)
    await writeDesk(tx, desk, ctx.now())
    const assignment = await findAssignment(tx, tx.workspaceId, start.id)
    if (assignment === undefined) throw new Error('what was written is there')
    return await viewAssignment(tx, assignment, ctx.now())
  })
}

/** The lead is locked; whether it still waits shows to a statement that begins after the lock was given. */
async function claim(tx: Tx, poolKey: string, userId: string): Promise<{ id: string; lead_id: string } | undefined> {
  for (;;) {
    const found = await claimQueuedLead(tx, poolKey, userId)
    if (found === undefined) return undefined
    const current = await lockAssignment(tx, found.id)
    // Else somebody got it between the look and the lock: the next look does not see it any more.
    if (current !== undefined && current.ended_at === null) return found
  }
}

function requireRoom(puller: Puller, now: Date): void {
  const { capacity_open, capacity_day, capacity_week, time_zone } = puller
  const day = dayNumber(time_zone, now.getTime())
  const today = puller.day === writeDay(day) ? puller.day_count : 0
  const thisWeek = puller.week === writeDay(mondayNumber(day)) ? puller.week_count : 0
  const isFull = (most: number | null, count: number) => most !== null && count >= most
  if (isFull(capacity_open, puller.open_count) || isFull(capacity_day, today) || isFull(capacity_week, thisWeek))
    throw new ApiError('conflict', 'This seller is at capacity.')
}

function refuse(detail: string, code: string): ApiError {
  return new ApiError('unprocessable', detail, { items: [{ pointer: '/user_id', code, detail, parameter: null }] })
}
