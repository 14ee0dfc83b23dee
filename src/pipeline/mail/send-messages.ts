/**
 * Due mails of one workspace: claimed in batches, prepared, and handed over side by side until none is due. The order of
 * a mail's life is that of reliability.md 1.1; what happens at each step is in the file of its name.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Delivery } from '../../connectors/mail/courier.ts'
import { couriers } from '../../connectors/mail/couriers.ts'
import { type Ctx, perCtx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import type { MessageFacts } from '../../domain/mail/message-row.ts'
import { outOfDateBefore } from '../../domain/mail/send-window.ts'
import type { WorkspaceSettings } from '../../domain/workspace-settings.ts'
import { findWritePolicy } from '../custom-fields.ts'
import { domainThrottle } from './domain-throttle.ts'
import { finishMessages, recoverMessages, type Tried } from './finish-messages.ts'
import { groupCommit } from './group-commit.ts'
import { handOver } from './hand-over.ts'
import { readMailGate } from './mail-gate.ts'
import { prepareMessages, type ReadyMail } from './prepare-messages.ts'
import { claimMessages, renewLeases } from './send-queries.ts'

/** Mails taken at once: enough to share commits, few enough to be rendered well within a lease. */
const BATCH = 100
/** Mails of a workspace between claim and end in this process; a slow server holds up no more than these. */
const MOST_IN_FLIGHT = 300
/** Mails that share the transaction of a hand-over or of an end. */
const COMMIT_GROUP = 50
/** How often a run that waits for slow servers looks for new mails. */
const LOOK_AGAIN_MS = 250

const throttles = perCtx(({ config }) => domainThrottle(config.MAIL_DOMAIN_CONNECTIONS, config.MAIL_DOMAIN_PER_MINUTE))

/** What the mails of one run share. */
interface Run {
  ctx: Ctx
  workspaceId: string
  workspace: WorkspaceSettings
  /** By id: what this run holds, so that its leases are renewed. */
  held: Map<string, MessageFacts>
  flights: Set<Promise<void>>
  /** Ends a pause. */
  wake(): void
  mark(message: MessageFacts): Promise<{ may: boolean; message: MessageFacts }>
  end(tried: Tried): Promise<void>
}

/** Sends everything that is due, or until told to stop; returns how many mails were taken up. */
export async function sendMessages(
  ctx: Ctx,
  workspaceId: string,
  isStopping: () => boolean = () => false,
): Promise<number> {
  const run = await openRun(ctx, workspaceId)
  const heartbeat = setInterval(() => void renew(run), (ctx.config.LEASE_SECONDS * 1000) / 3)
  try {
    return await work(run, isStopping)
  } finally {
    await Promise.allSettled(run.flights)
    clearInterval(heartbeat)
  }
}

async function openRun(ctx: Ctx, workspaceId: string): Promise<Run> {
  const { settings } = await withWorkspace(ctx.db, workspaceId, (tx) => findWritePolicy(tx, workspaceId))
  return {
    ctx,
    workspaceId,
    workspace: settings,
    held: new Map(),
    flights: new Set(),
    wake: () => undefined,
    mark: groupCommit((messages) => handOver(ctx, workspaceId, settings.time_zone, messages), COMMIT_GROUP),
    end: groupCommit(async (tried) => {
      const stale = await finishMessages(ctx, workspaceId, tried)
      if (stale > 0) ctx.metrics.staleLeases.inc(stale)
      return tried.map(() => undefined)
    }, COMMIT_GROUP),
  }
}

async function work(run: Run, isStopping: () => boolean): Promise<number> {
  const { ctx, workspaceId, flights } = run
  let taken = 0
  while ((await recoverMessages(ctx, workspaceId, BATCH)) === BATCH);
  for (;;) {
    const room = MOST_IN_FLIGHT - flights.size
    const claimed = room < BATCH || isStopping() ? [] : await claim(run)
    taken += claimed.length
    for (const ready of await prepare(run, claimed)) launch(run, ready)
    if (claimed.length > 0) continue
    if (flights.size === 0) return taken
    await pause(run)
  }
}

/** Waits until another batch may fly or all have landed, and no longer than until somebody should look for new mails. */
async function pause(run: Run): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, LOOK_AGAIN_MS)
    run.wake = () => {
      clearTimeout(timer)
      resolve()
    }
  })
}

async function claim({ ctx, workspaceId, held }: Run): Promise<MessageFacts[]> {
  const crowded = throttles(ctx).crowded()
  const claimed = await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const gate = await readMailGate(tx, workspaceId)
    const marketing = gate.paused_at === null
    return await claimMessages(tx, {
      limit: BATCH,
      leaseSeconds: ctx.config.LEASE_SECONDS,
      marketing,
      crowded,
      outOfDateBefore: outOfDateBefore(gate.settings, ctx.now()),
    })
  })
  for (const message of claimed) held.set(message.id, message)
  return claimed
}

/** A batch that cannot be prepared goes back when its lease ends; its reason is in the log. */
async function prepare({ ctx, workspaceId, workspace, held }: Run, claimed: MessageFacts[]): Promise<ReadyMail[]> {
  if (claimed.length === 0) return []
  try {
    const ready = await prepareMessages(ctx, workspaceId, workspace, claimed)
    const kept = new Set(ready.map(({ message }) => message.id))
    for (const { id } of claimed) if (!kept.has(id)) held.delete(id)
    return ready
  } catch (error) {
    for (const { id } of claimed) held.delete(id)
    throw error
  }
}

function launch(run: Run, ready: ReadyMail): void {
  const flight = deliver(run, ready)
    .catch((error: unknown) => {
      // The row keeps its state and its lease: whoever finds it expired decides by what is known (in doubt or again).
      const kind = error instanceof Error ? error.name : 'unknown'
      run.ctx.log.error({ message_id: ready.message.id, kind }, 'the end of a mail could not be written')
    })
    .finally(() => {
      run.held.delete(ready.message.id)
      run.flights.delete(flight)
      if (run.flights.size === MOST_IN_FLIGHT - BATCH || run.flights.size === 0) run.wake()
    })
  run.flights.add(flight)
}

async function deliver(run: Run, { message, sender, from, bytes }: ReadyMail): Promise<void> {
  const { ctx } = run
  const to = message.to_email ?? ''
  const leave = await throttles(ctx).enter(to.slice(to.lastIndexOf('@') + 1))
  let current = message
  try {
    const courier = couriers(ctx).of(sender.own)
    const delivery: Delivery = await courier.deliver({ id: message.id, from, to, bytes }, async () => {
      const marked = await run.mark(message)
      current = marked.message
      return marked.may
    })
    if (delivery.outcome !== 'stopped') await endSurely(run, { message: current, outcome: delivery })
  } finally {
    leave()
  }
}

/** Waits before an end is written again, in milliseconds: a database that restarts is back within seconds (P17). */
const END_AGAIN_MS = [200, 1_000, 3_000, 10_000]

/** What the server has said is known here only: losing it to a database that is away for a moment would make doubt of it. */
async function endSurely(run: Run, tried: Tried): Promise<void> {
  for (const wait of END_AGAIN_MS) {
    try {
      return await run.end(tried)
    } catch {
      await sleep(wait)
    }
  }
  await run.end(tried)
}

async function renew({ ctx, workspaceId, held }: Run): Promise<void> {
  if (held.size === 0) return
  try {
    const mails = [...held.values()]
    await withWorkspace(ctx.db, workspaceId, (tx) => renewLeases(tx, mails, ctx.config.LEASE_SECONDS))
  } catch (error) {
    ctx.log.warn({ kind: error instanceof Error ? error.name : 'unknown' }, 'leases of mails could not be renewed')
  }
}
