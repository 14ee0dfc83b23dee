/** Writes what became of tries: each message under the fence of its attempt, many in one transaction. */
import type { Delivery } from '../../connectors/mail/courier.ts'
import type { Ctx } from '../../ctx.ts'
import { decideEnd, type TryOutcome } from '../../domain/mail/decide-end.ts'
import type { MessageFacts } from '../../domain/mail/message-row.ts'
import { withJourney } from '../with-journey.ts'
import { lockMailGate } from './mail-gate.ts'
import { recordMailEvents } from './record-mail-events.ts'
import { endMessages, lockAbandoned } from './send-queries.ts'
import { shareLeads, tellEnds } from './tell-message.ts'

export interface Tried {
  /** As it was after the hand-over, or as claimed when it did not come to that. */
  message: MessageFacts
  outcome: TryOutcome
}

/** Ends messages; returns how many were no longer ours. */
export async function finishMessages(ctx: Ctx, workspaceId: string, tried: Tried[]): Promise<number> {
  const now = ctx.now()
  const ended = tried.map((one) => ({ before: one.message, ...afterTry(one, now) }))
  return await withJourney(ctx.db, workspaceId, async (tx) => {
    await shareLeads(
      tx,
      tried.map(({ message }) => message),
    )
    if (ended.some(({ bounced }) => bounced)) await lockMailGate(tx)
    const written = await endMessages(
      tx,
      ended.map(({ after }) => after),
      now,
    )
    const ours = ended.filter(({ before }) => written.has(before.id))
    await tellEnds(tx, ours, now)
    const bounced = ours.filter(({ bounced }) => bounced)
    await recordMailEvents(
      tx,
      bounced.map(({ after }) => ({
        message_id: after.id,
        type: 'bounced' as const,
        occurred_at: now.toISOString(),
        dedupe_key: `refused:${after.id}`,
        data: { response: after.smtp_response, dead_mailbox: true },
      })),
      now,
    )
    return ended.length - ours.length
  })
}

function afterTry({ message, outcome }: Tried, now: Date): { after: MessageFacts; bounced: boolean } {
  const end = decideEnd(message, outcome)
  const due =
    end.retry_seconds === null ? message.due_at : new Date(now.getTime() + end.retry_seconds * 1000).toISOString()
  return {
    bounced: end.bounced,
    after: {
      ...message,
      state: end.state,
      reason: end.reason,
      smtp_response: end.response,
      due_at: due,
      failures: message.failures + (end.retry_seconds === null ? 0 : 1),
      sent_at: end.state === 'sent' ? now.toISOString() : null,
    },
  }
}

/** Messages of workers that died: what was handed over is in doubt, what was not goes again. */
export async function recoverMessages(ctx: Ctx, workspaceId: string, limit: number): Promise<number> {
  const now = ctx.now()
  return await withJourney(ctx.db, workspaceId, async (tx) => {
    const abandoned = await lockAbandoned(tx, limit)
    if (abandoned.length === 0) return 0
    const ended = abandoned.map((message) => {
      const detail = 'the worker ended'
      const outcome: Delivery & TryOutcome =
        message.state === 'handed' ? { outcome: 'unknown', detail } : { outcome: 'unreached', detail }
      // The server refused nothing, so it is not kept waiting; it counts as a failure, or a mail that kills would go on.
      return { before: message, after: { ...afterTry({ message, outcome }, now).after, due_at: now.toISOString() } }
    })
    await endMessages(
      tx,
      ended.map(({ after }) => after),
      now,
    )
    await tellEnds(tx, ended, now)
    return ended.length
  })
}
