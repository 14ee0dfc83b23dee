/**
 * The mark of a hand-over (reliability.md 1.1, step 4): in one transaction behind the gate, suppression and consent are
 * looked at once more and the message becomes `handed`. Only then may its first byte leave. Several mails that stand at
 * this border share a transaction; each has a verdict of its own.
 */
import type { Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import { decideSend, type SendVerdict } from '../../domain/mail/decide-send.ts'
import type { MessageFacts } from '../../domain/mail/message-row.ts'
import { lockMailGate } from './mail-gate.ts'
import { loadFacts } from './send-facts.ts'
import { endMessages, lockClaimed, type MessageEnd } from './send-queries.ts'
import { tellEnds } from './tell-message.ts'

/** Marks mails as handed over; the answer says for each whether it may go, and is the message as it is stored. */
export async function handOver(
  ctx: Ctx,
  workspaceId: string,
  timeZone: string,
  messages: MessageFacts[],
): Promise<{ may: boolean; message: MessageFacts }[]> {
  return await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const now = ctx.now()
    const gate = await lockMailGate(tx)
    const [ours, facts] = await Promise.all([
      lockClaimed(tx, messages),
      loadFacts(tx, messages, gate.settings, timeZone, now),
    ])
    const ended = messages
      .filter(({ id }) => ours.has(id))
      .map((before) => {
        const verdict = decideSend(facts.of(before), now)
        const isPaused = gate.paused_at !== null && before.kind === 'marketing'
        const end = isPaused && verdict.outcome === 'send' ? pausedEnd(before) : endOf(before, verdict, now)
        if (end.state === 'handed' && before.kind === 'marketing' && before.address_key !== null) {
          facts.count(before.address_key, now)
        }
        return { before, after: { ...before, ...end } }
      })
    const written = await endMessages(
      tx,
      ended.map(({ after }) => after),
      now,
    )
    await tellEnds(
      tx,
      ended.filter(({ before }) => written.has(before.id)),
      now,
    )
    const after = new Map(ended.map((one) => [one.before.id, one.after]))
    return messages.map((message) => {
      const stored = after.get(message.id) ?? message
      return { may: written.has(message.id) && stored.state === 'handed', message: stored }
    })
  })
}

/** The new state of a message after a verdict. */
export function endOf(message: MessageFacts, verdict: SendVerdict, now: Date): MessageEnd {
  const { decision } = verdict
  if (verdict.outcome === 'send') {
    const handed = {
      state: 'handed' as const,
      reason: null,
      handed_at: now.toISOString(),
      hand_overs: message.hand_overs + 1,
    }
    return { ...message, ...handed, decision }
  }
  if (verdict.outcome === 'wait') {
    return { ...message, state: 'planned', reason: decision.reason, decision, due_at: verdict.until.toISOString() }
  }
  return { ...message, state: 'withheld', reason: verdict.reason, decision }
}

/** Waits where it is; what is paused is not claimed. It keeps its moment, from which on it grows old. */
const pausedEnd = (message: MessageFacts): MessageEnd => ({ ...message, state: 'planned', reason: 'paused' })
