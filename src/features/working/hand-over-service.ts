/** A seller leaves, or is away for long: all leads that he has go to somebody else, as an operation. */
import type { Caller, Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError, notFound } from '../../errors.ts'
import type { Operation } from '../../operations/operation-queries.ts'
import { startOperation } from '../../operations/operation-store.ts'
import type { OperationRunner } from '../../operations/run-operations.ts'
import { loadDesk } from '../../pipeline/desk.ts'
import { assignOnDesk, releaseOnDesk } from '../../pipeline/route/assign-on-desk.ts'
import { lockActiveSeller } from '../../pipeline/route/assignment-queries.ts'
import type { Teller } from '../../pipeline/tell-story.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { writeDesk } from '../../pipeline/write-desk.ts'
import { readPolicies } from '../../policies/published-policies.ts'
import { countHeld, type HeldAssignment, type HeldPlace, lockHeld, pageHeld } from './hand-over-queries.ts'
import { newAssignment } from './working-service.ts'

export const HAND_OVER_KIND = 'user_hand_over'
/** Leads handed over by one transaction. */
const BATCH = 100

export interface HandOverWish {
  reason: string
  /** Who gets them; null has each routed anew. */
  toUserId: string | null
}

/** What the operation remembers of the wish. */
interface HandOver extends HandOverWish {
  userId: string
  /** Leads that come to the seller later stay. */
  until: string
}

/** Starts handing over what a seller has; 404 without the seller, 422 when the other one cannot take leads. */
export async function startHandOver(ctx: Ctx, caller: Caller, userId: string, wish: HandOverWish): Promise<Operation> {
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    if ((await lockActiveSeller(tx, userId)) === 'unknown') throw notFound('user')
    if (wish.toUserId === userId) throw refuse('The leads are with this seller already.', 'same_user')
    await requireTaker(tx, wish.toUserId)
    if (wish.toUserId === null && (await readPolicies(tx)).of('routing').length === 0) {
      throw refuse('No routing policy is published, so nobody would get the leads: say who.', 'no_policy')
    }
    const now = ctx.now()
    const input: HandOver = { ...wish, userId, until: now.toISOString() }
    const total = await countHeld(tx, userId, input.until)
    const resource_id = encodeTypeId('user', userId)
    return await startOperation(
      tx,
      { kind: HAND_OVER_KIND, input: { ...input }, actor: caller.actor, resource_id, total },
      now,
    )
  })
}

async function requireTaker(tx: Tx, userId: string | null): Promise<void> {
  const state = userId === null ? 'active' : await lockActiveSeller(tx, userId)
  if (state !== 'active') throw refuse(`This seller is ${state}.`, `${state}_user`)
}

function refuse(detail: string, code: string): ApiError {
  return new ApiError('unprocessable', detail, { items: [{ pointer: '/to_user_id', code, detail, parameter: null }] })
}

/** Hands over batch by batch, from the lead that was held longest. */
export const handOverRunner: OperationRunner = {
  kind: HAND_OVER_KIND,
  run: async (ctx, operation, report) => {
    const wish = operation.input as unknown as HandOver // as startHandOver has written it
    const teller: Teller = { actor: operation.actor, origin: null }
    let after = operation.checkpoint as unknown as HeldPlace | null // as the report below has written it
    let { processed } = operation
    for (;;) {
      const taken = await withJourney(ctx.db, operation.workspaceId, async (tx) => {
        await requireTaker(tx, wish.toUserId)
        const held = await pageHeld(tx, wish.userId, wish.until, after, BATCH)
        const count = await handOver(tx, held, wish, teller, ctx.now())
        const last = held.at(-1)
        const place = last === undefined ? {} : { checkpoint: { assigned_at: last.assigned_at, id: last.id } }
        await report(tx, { processed: processed + count, ...place })
        return { count, last }
      })
      processed += taken.count
      if (taken.last === undefined) return { handed_over: processed }
      after = taken.last
    }
  },
}

/** Hands over what is still held of a page; returns how many. */
async function handOver(
  tx: Tx,
  held: HeldAssignment[],
  { reason, toUserId }: HandOver,
  teller: Teller,
  now: Date,
): Promise<number> {
  if (held.length === 0) return 0
  const desk = await loadDesk(
    tx,
    [],
    held.map(({ lead_id }) => lead_id),
  )
  const open = await lockHeld(
    tx,
    held.map(({ id }) => id),
  )
  for (const { id, lead_id, pool_key } of held) {
    if (!open.has(id)) continue
    // The turn was used: the seller had the lead.
    if (toUserId === null)
      releaseOnDesk(desk, teller, lead_id, { reason: 'released', note: reason, credit: false }, now)
    else {
      const start = newAssignment({ kind: 'user', user_id: toUserId }, pool_key, reason)
      assignOnDesk(desk, teller, lead_id, start, now, { reason: 'reassigned', note: reason, credit: false })
    }
  }
  await writeDesk(tx, desk, now)
  return open.size
}
