/**
 * Judges the marked leads of one workspace, batch by batch, until none is due. A batch is one transaction: claim and lock,
 * load all facts, decide stage by stage, write all verdicts, settle the marks. Any number of workers may do this at once.
 */
import type { Ctx } from '../../ctx.ts'
import { isConnectionFault, sqlStateOf, type Tx } from '../../db/client.ts'
import { followPolicies } from '../../policies/published-policies.ts'
import { inLanes } from '../../queue/in-lanes.ts'
import { ROUTE_NOW } from '../route/route-stage.ts'
import { withJourney } from '../with-journey.ts'
import { endWork } from './end-work.ts'
import { type ClaimedLead, claimLead, claimLeads, postponeLead } from './lead-work-queries.ts'
import { type DeskPolicies, openJudgeDesk, readDeskPolicies } from './open-judge-desk.ts'
import { runStages } from './run-stages.ts'
import type { Stage } from './stage.ts'

/** Large enough to amortize the commit, small enough to hold locks for a fraction of a second. */
const BATCH = 200
/** After so many tries a lead is parked until something marks it anew. */
const MAX_ATTEMPTS = 8
/** Wait before the next try in seconds, doubled each time. */
const RETRY_SECONDS = 2

/** Judges everything due, or until told to stop after a batch; returns how many leads were judged. */
export async function judgeLeads(
  ctx: Ctx,
  stages: readonly Stage[],
  workspaceId: string,
  isStopping: () => boolean = () => false,
): Promise<number> {
  return await inLanes(async (onFull) => {
    let judged = 0
    while (!isStopping()) {
      const stop = ctx.metrics.judgeSeconds.startTimer()
      const taken = await judgeBatch(ctx, stages, workspaceId)
      stop()
      if (taken === 0) return judged
      if (taken === BATCH) onFull()
      judged += taken
    }
    return judged
  })
}

/** A batch that fails is tried lead by lead, so that one bad lead never holds up the others. */
async function judgeBatch(ctx: Ctx, stages: readonly Stage[], workspaceId: string): Promise<number> {
  let claimed: ClaimedLead[] = []
  try {
    await withJourney(ctx.db, workspaceId, async (tx) => {
      const [, taken, policies] = await Promise.all([
        followPolicies(tx),
        claimLeads(tx, ctx.now(), BATCH),
        readDeskPolicies(tx),
      ])
      claimed = taken
      await judge(tx, stages, { claimed, policies }, ctx.now())
    })
    ctx.metrics.judged.inc({ outcome: 'judged' }, claimed.length)
  } catch (error) {
    if (isConnectionFault(error) || claimed.length === 0) throw error
    ctx.log.warn({ sqlstate: sqlStateOf(error), size: claimed.length }, 'a batch of leads failed; trying one by one')
    for (const one of claimed) await judgeOne(ctx, stages, workspaceId, one)
  }
  return claimed.length
}

async function judgeOne(ctx: Ctx, stages: readonly Stage[], workspaceId: string, failed: ClaimedLead): Promise<void> {
  const now = ctx.now()
  try {
    await withJourney(ctx.db, workspaceId, async (tx) => {
      const [, claimed, policies] = await Promise.all([
        followPolicies(tx),
        claimLead(tx, now, failed.lead.id),
        readDeskPolicies(tx),
      ])
      await judge(tx, stages, { claimed, policies }, now)
    })
    ctx.metrics.judged.inc({ outcome: 'judged' })
  } catch (error) {
    if (isConnectionFault(error)) throw error
    await postpone(ctx, workspaceId, failed, error)
  }
}

async function judge(
  tx: Tx,
  stages: readonly Stage[],
  { claimed, policies }: { claimed: ClaimedLead[]; policies: DeskPolicies },
  now: Date,
): Promise<void> {
  if (claimed.length === 0) return
  const due = claimed.map((one) => (one.isGivenBack ? { ...one, reasons: [...one.reasons, ROUTE_NOW] } : one))
  const desk = await openJudgeDesk(tx, due, now, {}, policies)
  const rounds = new Map(claimed.map(({ lead, round }) => [lead.id, round]))
  await runStages(tx, stages, desk, () => endWork(tx, desk, rounds))
}

async function postpone(ctx: Ctx, workspaceId: string, failed: ClaimedLead, error: unknown): Promise<void> {
  const attempt = failed.attempt + 1
  const isLast = attempt >= MAX_ATTEMPTS
  const { id: leadId } = failed.lead
  const reason = sqlStateOf(error) ?? (error instanceof Error ? error.name : 'unknown')
  ctx.log.error({ lead_id: leadId, attempt, reason }, isLast ? 'lead parked' : 'judging of a lead postponed')
  ctx.metrics.judged.inc({ outcome: isLast ? 'parked' : 'postponed' })
  const dueAt = isLast ? null : new Date(ctx.now().getTime() + RETRY_SECONDS * 2 ** attempt * 1000)
  await withJourney(ctx.db, workspaceId, (tx) =>
    postponeLead(tx, { leadId, generation: failed.generation, attempt, dueAt }),
  )
}
