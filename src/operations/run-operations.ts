/**
 * Runs operations: claim under a lease that a heartbeat keeps, go on from the checkpoint, end visibly. Whatever a runner
 * writes it writes together with its report, in one transaction under the fence of the claim; so an operation that was
 * taken over, canceled or cut off by a crash has done exactly what its row says.
 */
import { type Ctx, perCtx } from '../ctx.ts'
import { sqlStateOf, type Tx, withWorkspace } from '../db/client.ts'
import type { OperationError, OperationStatus } from '../domain/operation.ts'
import { ApiError } from '../errors.ts'
import {
  advanceOperation,
  claimOperation,
  endOperation,
  holdOperation,
  type Operation,
  requeueOperation,
} from './operation-queries.ts'

/** How far an operation is. What is left out stays as it was. */
export interface Report {
  processed?: number
  failed?: number
  total?: number | null
  /** Where a next run goes on, in the runner's own form. */
  checkpoint?: Record<string, unknown>
}

/** A claimed operation, as its runner sees it. */
export interface RunningOperation extends Operation {
  readonly workspaceId: string
}

/**
 * Writes progress in the transaction of the work that it tells of. Throws when the operation was canceled, was taken over
 * or the process stops: then that work is rolled back, and the runner lets the error pass.
 */
export type ReportProgress = (tx: Tx, report: Report) => Promise<void>

/** Does operations of one kind. Listed by hand in jobs.ts. */
export interface OperationRunner {
  kind: string
  /** Goes on from `operation.checkpoint`, reports at least every few seconds, returns the result (ids and counts). */
  run(ctx: Ctx, operation: RunningOperation, report: ReportProgress): Promise<Record<string, unknown>>
}

/** A crashed process is noticed after this; the heartbeat comes three times as often. */
const LEASE_SECONDS = 30
/** Tries in a row that got nowhere, before an operation has failed. */
const MAX_ATTEMPTS = 5
/** Wait before the next try in seconds, doubled each time. */
const RETRY_SECONDS = 2
/** Long work of one process at a time: the connections are needed for what is short. */
const MOST_AT_ONCE = 2

class Canceled extends Error {}
class TakenOver extends Error {}
class Stopping extends Error {}

const runningIn = perCtx(() => ({ count: 0 }))

/** Runs what is due in a workspace, one after the other, while this process has room. */
export async function runOperations(
  ctx: Ctx,
  runners: readonly OperationRunner[],
  workspaceId: string,
  isStopping: () => boolean = () => false,
): Promise<number> {
  const running = runningIn(ctx)
  let ended = 0
  while (!isStopping() && running.count < MOST_AT_ONCE) {
    running.count++
    try {
      const at = ctx.now().toISOString()
      const claimed = await withWorkspace(ctx.db, workspaceId, (tx) => claimOperation(tx, LEASE_SECONDS, at))
      if (claimed === undefined) return ended
      await runClaimed(ctx, runners, { ...claimed, workspaceId }, isStopping)
      ended++
    } finally {
      running.count--
    }
  }
  return ended
}

async function runClaimed(
  ctx: Ctx,
  runners: readonly OperationRunner[],
  operation: RunningOperation,
  isStopping: () => boolean,
): Promise<void> {
  const heartbeat = setInterval(() => void beat(ctx, operation), (LEASE_SECONDS * 1000) / 3)
  try {
    if (operation.cancel_requested) throw new Canceled()
    const runner = runners.find(({ kind }) => kind === operation.kind)
    if (runner === undefined) throw new ApiError('unprocessable', 'This release does not know this kind of operation.')
    const result = await runner.run(ctx, operation, reporter(operation, isStopping))
    await end(ctx, operation, 'succeeded', result, null)
  } catch (error) {
    await settle(ctx, operation, error)
  } finally {
    clearInterval(heartbeat)
  }
}

/** A beat that fails is missed; if all fail, another worker takes over and the fence keeps us from writing. */
async function beat(ctx: Ctx, operation: RunningOperation): Promise<void> {
  try {
    await withWorkspace(ctx.db, operation.workspaceId, (tx) => holdOperation(tx, operation, LEASE_SECONDS))
  } catch (error) {
    ctx.log.warn({ operation_id: operation.id, sqlstate: sqlStateOf(error) }, 'a heartbeat was missed')
  }
}

function reporter(operation: RunningOperation, isStopping: () => boolean): ReportProgress {
  let { processed, failed, total, checkpoint } = operation
  return async (tx, report) => {
    if (isStopping()) throw new Stopping()
    const next = { processed, failed, total, checkpoint, ...report }
    const written = await advanceOperation(tx, operation, LEASE_SECONDS, next)
    if (written === undefined) throw new TakenOver()
    if (written.cancel_requested)
      throw new Canceled()
      // Should the commit fail, the run is over and the next one reads what is there.
    ;({ processed, failed, total, checkpoint } = next)
    operation.attempt = 1
  }
}

async function settle(ctx: Ctx, operation: RunningOperation, error: unknown): Promise<void> {
  const { id, kind, attempt, workspaceId } = operation
  if (error instanceof TakenOver) return void ctx.metrics.staleLeases.inc()
  if (error instanceof Canceled) return await end(ctx, operation, 'canceled', {}, null)
  if (error instanceof Stopping) {
    return await withWorkspace(ctx.db, workspaceId, (tx) => requeueOperation(tx, operation, 0, 0))
  }
  if (error instanceof ApiError && error.status < 500) {
    return await end(ctx, operation, 'failed', {}, { code: error.code, detail: error.message })
  }
  const reason = sqlStateOf(error) ?? (error instanceof Error ? error.name : 'unknown')
  const isLast = attempt >= MAX_ATTEMPTS
  ctx.log.error({ operation_id: id, kind, attempt, reason }, isLast ? 'operation failed' : 'operation postponed')
  if (isLast) {
    return await end(ctx, operation, 'failed', {}, { code: 'internal_error', detail: 'It failed again and again.' })
  }
  await withWorkspace(ctx.db, workspaceId, (tx) =>
    requeueOperation(tx, operation, RETRY_SECONDS * 2 ** attempt, attempt),
  )
}

async function end(
  ctx: Ctx,
  operation: RunningOperation,
  status: OperationStatus,
  result: Record<string, unknown>,
  error: OperationError | null,
): Promise<void> {
  const at = ctx.now().toISOString()
  const ended = await withWorkspace(ctx.db, operation.workspaceId, (tx) =>
    endOperation(tx, operation, { status, result, error, at }),
  )
  if (ended === undefined) ctx.metrics.staleLeases.inc()
}
