/**
 * The sender of a process: queues what is new, claims what is due, calls, and writes what came back. A drain does not
 * wait for calls, so a receiver that hangs keeps nobody from working; when calls end and others may be waiting for
 * their place, the sender looks again by itself.
 */
import { type Ctx, perCtx } from '../../../ctx.ts'
import { sqlStateOf, withWorkspace } from '../../../db/client.ts'
import { createSendingLanes, FIRST_WINDOW } from '../../../domain/webhook/sending-lanes.ts'
import { disableWebhookEndpoint } from '../endpoint-service.ts'
import { type FreeCalls, finishDeliveries, noteHealth } from '../sending-queries.ts'
import { type CallOutcome, callReceiver, expiredResult } from './call-receiver.ts'
import { claimReady, type ReadyDelivery } from './claim.ts'
import { fanOut } from './fan-out.ts'
import { EMPTY_MS, knownEmpty } from './known-empty.ts'

export interface WebhookSender {
  /** Queues and starts everything that can be; returns when the calls are under way. */
  drain(workspaceId: string, isStopping?: () => boolean): Promise<void>
  /** Resolves when no call is open and nothing waits for one. */
  settle(): Promise<void>
}

/** The sender of a service. */
export const webhookSender = perCtx(createSender)

function createSender(ctx: Ctx): WebhookSender {
  const lanes = createSendingLanes()
  const active = new Set<Promise<unknown>>()
  /** Workspace -> outcomes that wait to be written; there while somebody writes. */
  const outbox = new Map<string, CallOutcome[]>()
  let isStopping = () => false

  // One claim at a time in a process, or two of them would give the same free calls away.
  let lastClaim: Promise<unknown> = Promise.resolve()
  const waitingToClaim = new Set<string>()

  const track = (work: Promise<unknown>): void => {
    const done: Promise<unknown> = work.catch(report(ctx)).finally(() => active.delete(done))
    active.add(done)
  }

  /** Starts what is due, in turn; who waits for its turn already need not wait twice. */
  const startDue = (workspaceId: string): Promise<unknown> => {
    if (waitingToClaim.has(workspaceId)) return lastClaim
    waitingToClaim.add(workspaceId)
    const claim = lastClaim.then(() => {
      waitingToClaim.delete(workspaceId)
      return claimAndCall(workspaceId)
    })
    lastClaim = claim.catch(() => undefined)
    return claim
  }

  /** Starts calls until nothing is due or no call is free. */
  const claimAndCall = async (workspaceId: string): Promise<void> => {
    for (let more = true; more && !isStopping(); ) {
      const free = lanes.free()
      if (free.total === 0) return
      const ready = await claimReady(ctx, workspaceId, { ...free, others: FIRST_WINDOW })
      for (const one of ready) {
        lanes.open(one.delivery.endpoint_id)
        track(call(workspaceId, one))
      }
      // No limit was met: that was all. Who had no call free looks again when one of its calls ends.
      more = ready.length > 0 && (ready.length === free.total || isLimited(ready, free))
    }
  }

  const call = async (workspaceId: string, { delivery, receiver, body }: ReadyDelivery): Promise<void> => {
    const outcome =
      body === null
        ? { result: expiredResult(delivery, ctx.now()), outcome: 'expired' as const }
        : await callReceiver(ctx, receiver, delivery, body)
    await hand(workspaceId, outcome)
  }

  /** One transaction writes all that came back while the one before was written. */
  const hand = async (workspaceId: string, outcome: CallOutcome): Promise<void> => {
    const waiting = outbox.get(workspaceId)
    if (waiting !== undefined) return void waiting.push(outcome)
    outbox.set(workspaceId, [outcome])
    for (let batch = outbox.get(workspaceId) ?? []; batch.length > 0; batch = outbox.get(workspaceId) ?? []) {
      outbox.set(workspaceId, [])
      await writeOutcomes(ctx, workspaceId, batch).catch(report(ctx))
      const wereFull = batch.map(({ result, outcome: what }) =>
        lanes.close(result.endpoint_id, what === 'delivered' || what === 'expired'),
      )
      // Somebody may have waited for one of these calls to end.
      if (wereFull.includes(true)) track(startDue(workspaceId))
    }
    outbox.delete(workspaceId)
  }

  return {
    drain: async (workspaceId, stopping = () => false) => {
      isStopping = stopping
      const empty = knownEmpty(ctx)
      if (performance.now() - (empty.get(workspaceId) ?? Number.NEGATIVE_INFINITY) < EMPTY_MS) return
      if (await fanOut(ctx, workspaceId, isStopping)) {
        empty.delete(workspaceId)
        await startDue(workspaceId)
      } else empty.set(workspaceId, performance.now())
    },
    settle: async () => {
      while (active.size > 0) await Promise.all(active)
    },
  }
}

/** Whether an endpoint was given as many deliveries as it had calls free: it may have more. */
function isLimited(ready: ReadyDelivery[], { endpointIds, slots }: Pick<FreeCalls, 'endpointIds' | 'slots'>): boolean {
  const counts = new Map<string, number>()
  for (const { delivery } of ready) counts.set(delivery.endpoint_id, (counts.get(delivery.endpoint_id) ?? 0) + 1)
  const given = new Map(endpointIds.map((id, i) => [id, slots[i] ?? 0]))
  return [...counts].some(([id, count]) => count >= (given.get(id) ?? FIRST_WINDOW))
}

async function writeOutcomes(ctx: Ctx, workspaceId: string, outcomes: CallOutcome[]): Promise<void> {
  const idsOf = (...wanted: CallOutcome['outcome'][]) => [
    ...new Set(outcomes.filter(({ outcome }) => wanted.includes(outcome)).map(({ result }) => result.endpoint_id)),
  ]
  const succeeded = idsOf('delivered')
  const failed = idsOf('retry', 'gone').filter((id) => !succeeded.includes(id))
  const hopeless = await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const results = outcomes.map(({ result }) => result)
    const written = await finishDeliveries(tx, results)
    ctx.metrics.staleLeases.inc(results.length - written)
    return await noteHealth(tx, succeeded, failed)
  })
  // Apart from the results: they must not be lost when this fails, and the next failure brings it up again.
  for (const id of idsOf('gone')) await disableWebhookEndpoint(ctx, workspaceId, id, 'gone')
  for (const id of hopeless) await disableWebhookEndpoint(ctx, workspaceId, id, 'failing')
}

/** What could not be written is tried again when its lease ends: at least once, by the same id. */
const report = (ctx: Ctx) => (error: unknown) =>
  ctx.log.warn(
    { sqlstate: sqlStateOf(error), kind: error instanceof Error ? error.name : 'unknown' },
    'webhook work failed',
  )
