/** One try: the signed call, and what it means. */
import { callWebhook } from '../../../connectors/webhook-client.ts'
import type { Ctx } from '../../../ctx.ts'
import { cutText } from '../../../domain/cut-text.ts'
import { encodeTypeId } from '../../../domain/type-id.ts'
import { type AttemptError, judgeAnswer, MAX_EXCERPT, type Verdict } from '../../../domain/webhook/delivery.ts'
import { delayAfter } from '../../../domain/webhook/retry-schedule.ts'
import { signWebhook } from '../../../domain/webhook/signature.ts'
import type { ClaimedDelivery, DeliveryResult } from '../sending-queries.ts'

/** What an endpoint's calls have in common, opened. */
export interface Receiver {
  url: string
  headers: Record<string, string>
  /** Newest first. */
  secrets: string[]
}

/** What came of a call: for the delivery, and whether the endpoint wants to hear nothing more. */
export interface CallOutcome {
  result: DeliveryResult
  outcome: Verdict['outcome'] | 'expired'
}

/** Bytes of an answer that are read: its excerpt in the widest letters. */
const READ_AT_MOST = 4 * MAX_EXCERPT

/** Calls the receiver once. Never throws for what the other side does. */
export async function callReceiver(
  ctx: Ctx,
  receiver: Receiver,
  delivery: ClaimedDelivery,
  body: string,
): Promise<CallOutcome> {
  const at = ctx.now()
  const began = performance.now()
  const id = encodeTypeId('change', delivery.change_id)
  const answer = await callWebhook(ctx)({
    method: 'POST',
    url: receiver.url,
    headers: {
      ...receiver.headers,
      'user-agent': 'Leadwell-Webhooks/1',
      'content-type': 'application/json',
      ...signWebhook(receiver.secrets, { id, at, body }),
    },
    body,
    timeoutMs: ctx.config.WEBHOOK_TIMEOUT_MS,
    readAtMost: READ_AT_MOST,
  })
  const seconds = (performance.now() - began) / 1000
  const status = answer.ok ? answer.status : null
  const verdict = judgeAnswer(status, answer.ok ? answer.headers['retry-after'] : undefined, ctx.now())
  ctx.metrics.webhookSeconds.observe(seconds)
  ctx.metrics.webhookAttempts.inc({ outcome: verdict.outcome })
  const record = {
    number: delivery.attempt,
    started_at: at.toISOString(),
    latency_ms: Math.round(seconds * 1000),
    status,
    error: answer.ok ? null : answer.reason,
    response_excerpt: answer.ok ? excerptOf(answer.body) : '',
  }
  return { result: resultOf(delivery, verdict, record), outcome: verdict.outcome }
}

/** A delivery whose change is no longer in the feed: there is nothing left to send. */
export function expiredResult(delivery: ClaimedDelivery, at: Date): DeliveryResult {
  const error: AttemptError = 'change_expired'
  const record = { started_at: at.toISOString(), latency_ms: 0, status: null, error, response_excerpt: '' }
  return resultOf(delivery, { outcome: 'gone' }, { number: delivery.attempt, ...record })
}

function resultOf(delivery: ClaimedDelivery, verdict: Verdict, record: DeliveryResult['record']): DeliveryResult {
  const { id, endpoint_id, attempt, tries } = delivery
  const base = { id, endpoint_id, attempt, delay_seconds: 0, record }
  if (verdict.outcome === 'delivered') return { ...base, state: 'delivered' }
  const delay = verdict.outcome === 'gone' ? null : delayAfter(tries, verdict.retryAfter, Math.random())
  return delay === null ? { ...base, state: 'failed' } : { ...base, state: 'pending', delay_seconds: delay }
}

/** PostgreSQL takes no NUL, and half a character at the cut becomes a replacement one. */
function excerptOf(body: Buffer): string {
  return cutText(new TextDecoder().decode(body).replaceAll('\u0000', ''), MAX_EXCERPT)
}
