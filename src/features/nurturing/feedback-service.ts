/** What comes back about mail: reports, answers and callbacks. Believed only about a message that it proves to know. */
import { createHash } from 'node:crypto'
import { outbound } from '../../connectors/http-client/outbound.ts'
import { type Inbound, readInbound } from '../../connectors/mail/read-inbound.ts'
import { type Callback, isAmazonAddress, isFromProvider } from '../../connectors/mail/verify-provider.ts'
import type { Ctx } from '../../ctx.ts'
import { isDeadMailboxStatus } from '../../domain/mail/decide-end.ts'
import { readBounceAddress, readRef } from '../../domain/mail/link-ref.ts'
import type { MailEvent } from '../../domain/mail/mail-event.ts'
import type { MessageFacts } from '../../domain/mail/message-row.ts'
import { type MailProviderKey, type ProviderEvent, readProviderEvents } from '../../domain/mail/provider-events.ts'
import { normalizeEmail } from '../../domain/normalize/email.ts'
import { openSecret } from '../../domain/sealed-secret.ts'
import { ApiError, notFound } from '../../errors.ts'
import { leaveMail } from '../../pipeline/mail/choose-mail.ts'
import { refKeys } from '../../pipeline/mail/mail-links.ts'
import { recordMailEvents } from '../../pipeline/mail/record-mail-events.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { listByMessageId } from './feedback-queries.ts'
import { providerPlace } from './mail-settings-service.ts'
import { findMessage } from './message-queries.ts'
import { findProvider } from './sender-queries.ts'

/** The workspace of a secret address; 404 when it is none. */
export function requireInbox(ctx: Ctx, key: string): string {
  const ref = readRef(refKeys(ctx), 'inbox', key)
  if (ref === undefined) throw notFound('address')
  return ref.workspace_id
}

export type InboundOutcome = 'bounced' | 'complained' | 'replied' | 'ignored'

/** Takes a mail that came to us. */
export async function takeInbound(
  ctx: Ctx,
  workspaceId: string,
  raw: Buffer,
  envelopeTo: string | null,
): Promise<InboundOutcome> {
  const inbound = await readInbound(raw, envelopeTo)
  const event = await eventOf(ctx, workspaceId, inbound, createHash('sha256').update(raw).digest('hex'))
  if (event === null) return 'ignored'
  await withJourney(ctx.db, workspaceId, (tx) => recordMailEvents(tx, [event], ctx.now()))
  return event.type as InboundOutcome
}

async function eventOf(ctx: Ctx, workspaceId: string, inbound: Inbound, digest: string): Promise<MailEvent | null> {
  const occurred_at = ctx.now().toISOString()
  if (inbound.kind === 'reply') {
    const message = await answeredBy(ctx, workspaceId, inbound.in_reply_to, inbound.from)
    if (message === undefined) return null
    return {
      message_id: message.id,
      type: 'replied',
      occurred_at,
      dedupe_key: `reply:${inbound.rfc_message_id ?? digest}`,
    }
  }
  if (inbound.kind === 'other') return null
  const message = await returnedMessage(ctx, workspaceId, inbound.returned_to, inbound.rfc_message_id)
  if (message === undefined) return null
  if (inbound.kind === 'complaint') {
    return { message_id: message.id, type: 'complained', occurred_at, dedupe_key: `complaint:${message.id}` }
  }
  // Delays and relays are no ends; only a permanent failure is (P27).
  if (inbound.action !== 'failed' || !inbound.status.startsWith('5.')) return null
  const data = { status: inbound.status, detail: inbound.detail, dead_mailbox: isDeadMailboxStatus(inbound.status) }
  return { message_id: message.id, type: 'bounced', occurred_at, dedupe_key: `dsn:${message.id}`, data }
}

/** Both must say the same: the sealed address that it came back to, and the Message-ID of the mail in the report. */
async function returnedMessage(
  ctx: Ctx,
  workspaceId: string,
  addresses: string[],
  rfcId: string | null,
): Promise<MessageFacts | undefined> {
  const ids = addresses.map((address) => readBounceAddress(refKeys(ctx), workspaceId, address))
  const id = ids.find((one) => one !== undefined)
  if (id === undefined || rfcId === null) return undefined
  const message = await findMessage(ctx.db, workspaceId, id)
  return message !== undefined && message.rfc_message_id === rfcId && message.handed_at !== null ? message : undefined
}

/** The mail that somebody answers: they name its Message-ID, which only its reader knows, and write from its address. */
async function answeredBy(
  ctx: Ctx,
  workspaceId: string,
  ids: string[],
  from: string,
): Promise<MessageFacts | undefined> {
  const sender = normalizeEmail(from)
  const found = await listByMessageId(ctx.db, workspaceId, ids)
  return found.find(({ address_key }) => sender.ok && address_key === sender.match_key)
}

/** Takes a callback of a provider; 401 unless it is signed. Returns how many events were new. */
export async function takeCallback(
  ctx: Ctx,
  workspaceId: string,
  provider: MailProviderKey,
  callback: Callback,
): Promise<number> {
  const stored = await findProvider(ctx.db, workspaceId, provider)
  if (stored === undefined) throw notFound('address')
  const secret = openSecret(ctx.secret, providerPlace(workspaceId, provider), stored.secret)
  if (!(await isFromProvider(provider, secret, callback, outbound(ctx)))) {
    throw new ApiError('unauthorized', 'The signature of the callback is not that of the provider.', {
      headers: { 'www-authenticate': 'Signature realm="leadwell"' },
    })
  }
  const body = provider === 'ses' ? await openNotification(ctx, callback.body) : callback.body
  const now = ctx.now()
  const found = await Promise.all(
    readProviderEvents(provider, body, now).map(async (event) => ({
      event,
      message: await messageOf(ctx, workspaceId, event),
    })),
  )
  const known = found.flatMap(({ event, message }) => (message === undefined ? [] : [{ event, message }]))
  if (known.length === 0) return 0
  return await withJourney(ctx.db, workspaceId, async (tx) => {
    const left = known.filter(({ event }) => event.type === 'unsubscribed')
    for (const { message } of left) {
      const telling = { method: 'unsubscribe_link' as const, network: null, evidence: { provider } }
      await leaveMail(tx, message, [message.purpose], telling, now)
    }
    const others = known.filter(({ event }) => event.type !== 'unsubscribed')
    const fresh = await recordMailEvents(
      tx,
      others.map(({ event, message }) => toMailEvent(provider, event, message)),
      now,
    )
    return fresh.length + left.length
  })
}

/** What Amazon wraps; a new subscription is confirmed at the address that it names, which must be Amazon's. */
async function openNotification(ctx: Ctx, body: unknown): Promise<unknown> {
  const { Type: type, SubscribeURL: url, Message: message } = body as Record<string, unknown>
  if (type === 'SubscriptionConfirmation' && isAmazonAddress(url)) await outbound(ctx).request({ method: 'GET', url })
  if (type !== 'Notification' || typeof message !== 'string') return null
  try {
    return JSON.parse(message)
  } catch {
    return null
  }
}

async function messageOf(ctx: Ctx, workspaceId: string, event: ProviderEvent): Promise<MessageFacts | undefined> {
  const tagged = event.tag === null ? undefined : readBounceAddress(refKeys(ctx), workspaceId, `${event.tag}@`)
  const [byId] = event.rfc_message_id === null ? [] : await listByMessageId(ctx.db, workspaceId, [event.rfc_message_id])
  const message = tagged === undefined ? byId : await findMessage(ctx.db, workspaceId, tagged)
  if (message === undefined || message.handed_at === null) return undefined
  if (event.recipient === null) return message
  const recipient = normalizeEmail(event.recipient)
  return recipient.ok && recipient.match_key === message.address_key ? message : undefined
}

function toMailEvent(provider: MailProviderKey, event: ProviderEvent, message: MessageFacts): MailEvent {
  return {
    message_id: message.id,
    type: event.type,
    // Nothing happens to a mail before it left, whatever a clock elsewhere says.
    occurred_at:
      message.handed_at !== null && event.occurred_at < message.handed_at ? message.handed_at : event.occurred_at,
    dedupe_key: `${provider}:${event.id}`,
    data: { provider, detail: event.detail.slice(0, 300), dead_mailbox: event.dead_mailbox },
  }
}
