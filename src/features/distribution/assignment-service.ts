/** Routing one lead now: by the rules, or to a seller whom somebody names. */
import type { Caller, Ctx } from '../../ctx.ts'
import type { Tx } from '../../db/client.ts'
import { newId } from '../../domain/new-id.ts'
import { isWorkable } from '../../domain/routing/workable.ts'
import { ApiError, notFound } from '../../errors.ts'
import { lockLeads } from '../../pipeline/desk-queries.ts'
import { stages } from '../../pipeline/judge/stages.ts'
import { assignLead } from '../../pipeline/route/assign-lead.ts'
import { REPLACED } from '../../pipeline/route/assign-on-desk.ts'
import { lockActiveSeller } from '../../pipeline/route/assignment-queries.ts'
import { routeNow } from '../../pipeline/route/route-now.ts'
import { withJourney } from '../../pipeline/with-journey.ts'

/** Gives a lead to a named seller, or has the rules decide at once, also about a lead that somebody has. */
export async function routeLead(
  ctx: Ctx,
  caller: Caller,
  leadId: string,
  wish: { userId: string | null; note: string | null },
): Promise<void> {
  const { userId, note } = wish
  if (userId === null) return await routeByRules(ctx, caller.workspaceId, leadId)
  await withJourney(ctx.db, caller.workspaceId, (tx) => giveTo(ctx, tx, caller, leadId, { userId, note }))
}

async function giveTo(
  ctx: Ctx,
  tx: Tx,
  caller: Caller,
  leadId: string,
  { userId, note }: { userId: string; note: string | null },
): Promise<void> {
  await requireWorkable(tx, leadId)
  const state = await lockActiveSeller(tx, userId)
  if (state !== 'active') {
    const [code, detail] =
      state === 'unknown'
        ? ['unknown_user', 'No such user.']
        : ['inactive_user', 'This user is not active and gets no leads.']
    throw new ApiError('unprocessable', detail, { items: [{ code, detail, pointer: '/user_id', parameter: null }] })
  }
  const target = { kind: 'user', user_id: userId } as const
  const start = { id: newId(), target, pool_key: null, cause: 'explicit', note, facts: null } as const
  await assignLead(tx, caller, leadId, start, ctx.now(), { ...REPLACED, note })
}

async function requireWorkable(tx: Tx, leadId: string): Promise<void> {
  const [row] = await lockLeads(tx, [leadId])
  if (row === undefined) throw notFound('lead')
  if (!isWorkable(row.lead)) throw atRest()
}

const atRest = () => new ApiError('unprocessable', 'The work on this lead is over: it is archived, closed or at rest.')

async function routeByRules(ctx: Ctx, workspaceId: string, leadId: string): Promise<void> {
  const outcome = await routeNow(ctx, stages, workspaceId, leadId)
  if (outcome === 'unknown_lead') throw notFound('lead')
  if (outcome === 'at_rest') throw atRest()
  if (outcome === 'no_policy') {
    throw new ApiError('unprocessable', 'No routing policy is published; name a user, or publish one.')
  }
}
