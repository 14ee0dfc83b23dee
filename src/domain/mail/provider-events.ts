// Callbacks of mail providers, each in its own words. An event is believed about a message only when it names it: by the
// tag that each of our mails carries in a header, or by its Message-ID; and when the recipient, if told, is that of the
// message. What we do not know is left out, never an error: providers add kinds of events.
import { isDeadMailboxStatus } from './decide-end.ts'
import type { MailEventType } from './mail-event.ts'

export const MAIL_PROVIDERS = ['ses', 'sendgrid', 'postmark', 'mailgun'] as const
export type MailProviderKey = (typeof MAIL_PROVIDERS)[number]

/** Header that names the message to providers which hand headers back. */
export const TAG_HEADER = 'X-Leadwell-Message'

export interface ProviderEvent {
  type: Exclude<MailEventType, 'opened' | 'clicked' | 'replied'>
  /** Id of the event at the provider. */
  id: string
  tag: string | null
  rfc_message_id: string | null
  recipient: string | null
  occurred_at: string
  dead_mailbox: boolean
  detail: string
}

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const objectOf = (value: unknown): Json => (isObject(value) ? value : {})
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : [])
const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value.slice(0, 1_000) : null

/** The moment that a provider tells: seconds since 1970 or ISO 8601; `now` when it tells none, or one ahead of us. */
function momentOf(value: unknown, now: Date): string {
  const at = typeof value === 'number' ? value * 1000 : typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isFinite(at) && at > 0 && at <= now.getTime() ? new Date(at).toISOString() : now.toISOString()
}

/** Message-ID in angle brackets. */
function messageIdOf(value: unknown): string | null {
  const text = textOf(value)?.trim() ?? null
  return text === null ? null : `<${text.replace(/^<|>$/g, '')}>`
}

/** The events in a callback. */
export function readProviderEvents(provider: MailProviderKey, body: unknown, now: Date): ProviderEvent[] {
  const read = { mailgun: readMailgun, sendgrid: readSendgrid, postmark: readPostmark, ses: readSes }[provider]
  return read(body, now)
}

function readMailgun(body: unknown, now: Date): ProviderEvent[] {
  const event = objectOf(objectOf(body)['event-data'])
  const headers = objectOf(objectOf(event['message'])['headers'])
  const isPermanent = event['severity'] === 'permanent'
  const type = {
    delivered: 'delivered',
    complained: 'complained',
    unsubscribed: 'unsubscribed',
    failed: isPermanent ? 'bounced' : null,
  }[textOf(event['event']) ?? ''] as ProviderEvent['type'] | null | undefined
  const id = textOf(event['id'])
  if (type == null || id === null) return []
  const status = objectOf(event['delivery-status'])
  const code = textOf(status['enhanced-code']) ?? '5.0.0'
  return [
    {
      type,
      id,
      tag: textOf(objectOf(event['user-variables'])['leadwell']),
      rfc_message_id: messageIdOf(headers['message-id']),
      recipient: textOf(event['recipient']),
      occurred_at: momentOf(event['timestamp'], now),
      dead_mailbox: type === 'bounced' && isDeadMailboxStatus(code),
      detail: textOf(status['message']) ?? textOf(status['description']) ?? '',
    },
  ]
}

function readSendgrid(body: unknown, now: Date): ProviderEvent[] {
  return listOf(body).flatMap((event): ProviderEvent[] => {
    // `blocked` is a bounce about reputation or content, not about the mailbox.
    const type = { delivered: 'delivered', bounce: 'bounced', spamreport: 'complained', unsubscribe: 'unsubscribed' }[
      textOf(event['event']) ?? ''
    ] as ProviderEvent['type'] | undefined
    const id = textOf(event['sg_event_id'])
    if (type === undefined || id === null) return []
    return [
      {
        type,
        id,
        tag: textOf(event['leadwell']),
        rfc_message_id: messageIdOf(event['smtp-id']),
        recipient: textOf(event['email']),
        occurred_at: momentOf(event['timestamp'], now),
        dead_mailbox:
          type === 'bounced' && event['type'] !== 'blocked' && isDeadMailboxStatus(textOf(event['status']) ?? '5.0.0'),
        detail: textOf(event['reason']) ?? '',
      },
    ]
  })
}

/** Postmark's kinds of bounces that are about the mailbox. */
const POSTMARK_DEAD = new Set(['HardBounce', 'BadEmailAddress', 'AddressChange'])
/** Kinds that are no bounce for good. */
const POSTMARK_SOFT = new Set([
  'SoftBounce',
  'Transient',
  'DnsError',
  'AutoResponder',
  'SpamNotification',
  'OpenRelayTest',
  'Unknown',
  'VirusNotification',
  'ChallengeVerification',
  'DMARCPolicy',
  'SMTPApiError',
])

function readPostmark(body: unknown, now: Date): ProviderEvent[] {
  const event = objectOf(body)
  const kind = textOf(event['Type']) ?? ''
  const type = {
    Delivery: 'delivered',
    Bounce: POSTMARK_SOFT.has(kind) ? null : 'bounced',
    SpamComplaint: 'complained',
  }[textOf(event['RecordType']) ?? ''] as ProviderEvent['type'] | null | undefined
  const messageId = textOf(event['MessageID'])
  if (type == null || messageId === null) return []
  const given = event['ID']
  return [
    {
      type,
      id: typeof given === 'number' ? String(given) : `${messageId}:${type}`,
      tag: textOf(objectOf(event['Metadata'])['leadwell']),
      rfc_message_id: null,
      recipient: textOf(event['Recipient']) ?? textOf(event['Email']),
      occurred_at: momentOf(event['DeliveredAt'] ?? event['BouncedAt'], now),
      dead_mailbox: type === 'bounced' && POSTMARK_DEAD.has(kind),
      detail: textOf(event['Description']) ?? '',
    },
  ]
}

/** Of the message inside an SNS notification. */
function readSes(body: unknown, now: Date): ProviderEvent[] {
  const event = objectOf(body)
  const kind = textOf(event['notificationType']) ?? textOf(event['eventType']) ?? ''
  const mail = objectOf(event['mail'])
  const headers = listOf(mail['headers'])
  const header = (name: string) => textOf(headers.find((one) => String(one['name']).toLowerCase() === name)?.['value'])
  const bounce = objectOf(event['bounce'])
  const isPermanent = bounce['bounceType'] === 'Permanent'
  const type = { Delivery: 'delivered', Complaint: 'complained', Bounce: isPermanent ? 'bounced' : null }[kind] as
    | ProviderEvent['type']
    | null
    | undefined
  if (type == null) return []
  const part = objectOf(event[kind.toLowerCase()])
  const recipients = listOf(part['bouncedRecipients'] ?? part['complainedRecipients'])
  const [recipient = {}] = recipients
  const delivered = Array.isArray(part['recipients']) ? textOf(part['recipients'][0]) : null
  return [
    {
      type,
      id: textOf(part['feedbackId']) ?? `${textOf(mail['messageId'])}:${type}`,
      tag: header(TAG_HEADER.toLowerCase()),
      rfc_message_id: messageIdOf(header('message-id')),
      recipient: textOf(recipient['emailAddress']) ?? delivered,
      occurred_at: momentOf(part['timestamp'], now),
      dead_mailbox: type === 'bounced' && isDeadMailboxStatus(textOf(recipient['status']) ?? '5.0.0'),
      detail: textOf(recipient['diagnosticCode']) ?? '',
    },
  ]
}
