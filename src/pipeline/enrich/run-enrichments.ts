/**
 * Due runs of one workspace: several at a time, each provider by provider. A call happens between two transactions, so
 * a crash leaves a call that may have been made: it stays paid for, is marked as in doubt, and the provider is asked
 * again under the same idempotency key. No budget is ever exceeded by that, and no field is written twice.
 */
import type { Ctx } from '../../ctx.ts'
import { isConnectionFault, sqlStateOf, withWorkspace } from '../../db/client.ts'
import { withJourney } from '../with-journey.ts'
import { askProvider } from './ask-provider.ts'
import { prepareCall } from './prepare-call.ts'
import { claimRuns, lockRun, type RunClaim, saveRun } from './run-queries.ts'
import { ClaimLost, settleCall } from './settle-call.ts'

/** Calls in flight of one workspace in one process: most of their time is waiting. */
const AT_ONCE = 16
/** A run that failed inside us is put off, and ends as failed after so many times. */
const MAX_FAULTS = 8
const FAULT_WAIT_SECONDS = 10

/** Works through everything due, or until told to stop; returns how many runs were taken up. */
export async function runEnrichments(
  ctx: Ctx,
  workspaceId: string,
  isStopping: () => boolean = () => false,
): Promise<number> {
  const flying = new Set<Promise<void>>()
  let taken = 0
  for (;;) {
    const room = isStopping() ? 0 : AT_ONCE - flying.size
    const claims = room === 0 ? [] : await claim(ctx, workspaceId, room)
    for (const one of claims) {
      const flight: Promise<void> = passThrough(ctx, workspaceId, one, isStopping).finally(() => flying.delete(flight))
      flying.add(flight)
    }
    taken += claims.length
    if (flying.size === 0) return taken
    await Promise.race(flying)
  }
}

const claim = (ctx: Ctx, workspaceId: string, limit: number) =>
  withWorkspace(ctx.db, workspaceId, (tx) => claimRuns(tx, ctx.now(), limit, ctx.config.LEASE_SECONDS))

async function passThrough(ctx: Ctx, workspaceId: string, claim: RunClaim, isStopping: () => boolean): Promise<void> {
  try {
    while (!isStopping()) {
      const prepared = await withJourney(ctx.db, workspaceId, (tx) => prepareCall(ctx, tx, claim))
      if (prepared === null) return
      const result = await askProvider(ctx, prepared)
      await withJourney(ctx.db, workspaceId, (tx) => settleCall(ctx, tx, claim, prepared, result))
    }
  } catch (error) {
    if (error instanceof ClaimLost) return void ctx.metrics.staleLeases.inc()
    const reason = sqlStateOf(error) ?? (error instanceof Error ? error.name : 'unknown')
    ctx.log.error({ enrichment_run_id: claim.id, reason }, 'an enrichment run failed; it is tried again')
    if (!isConnectionFault(error)) await putOff(ctx, workspaceId, claim)
  }
}

/** What was decided in the failed transaction is gone with it. */
async function putOff(ctx: Ctx, workspaceId: string, claim: RunClaim): Promise<void> {
  const now = ctx.now()
  await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const run = await lockRun(tx, claim)
    if (run === undefined) return
    const isLast = run.tries >= MAX_FAULTS
    const due_at = new Date(now.getTime() + FAULT_WAIT_SECONDS * 2 ** Math.min(run.tries, 8) * 1_000).toISOString()
    const end = { state: 'failed' as const, reason: 'internal_error', finished_at: now.toISOString() }
    await saveRun(tx, { ...run, tries: run.tries + 1, due_at, ...(isLast && end) }, null)
  })
}
