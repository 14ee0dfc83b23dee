/** Whether a callback really comes from the provider: by its signature, over the bytes that came. */
import { createHmac, createPublicKey, createVerify, timingSafeEqual, verify, X509Certificate } from 'node:crypto'
import type { MailProviderKey } from '../../domain/mail/provider-events.ts'
import type { HttpClient } from '../http-client/http-client.ts'

export interface Callback {
  headers: Readonly<Record<string, string | string[] | undefined>>
  bytes: Buffer
  body: unknown
}

/** True when a callback is signed by what `secret` says; `http` fetches Amazon's certificate. */
export async function isFromProvider(
  provider: MailProviderKey,
  secret: string,
  callback: Callback,
  http: Pick<HttpClient, 'request'>,
): Promise<boolean> {
  try {
    switch (provider) {
      case 'mailgun':
        return isFromMailgun(secret, callback)
      case 'sendgrid':
        return isFromSendgrid(secret, callback)
      case 'postmark':
        return isSame(`Basic ${Buffer.from(secret).toString('base64')}`, headerOf(callback, 'authorization'))
      case 'ses':
        return await isFromAmazon(secret, callback, http)
    }
  } catch {
    // Keys and signatures that cannot even be read.
    return false
  }
}

const headerOf = ({ headers }: Callback, name: string) => [headers[name]].flat()[0] ?? ''

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const textsOf = (value: unknown) =>
  (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>

/** A signature of yesterday is a replay; Mailgun tries for eight hours. */
const OLDEST_SIGNATURE_MS = 86_400_000

function isFromMailgun(key: string, { body }: Callback): boolean {
  const { timestamp, token, signature } = textsOf(textsOf(body)['signature'])
  if (typeof token !== 'string' || typeof signature !== 'string') return false
  if (Math.abs(Date.now() - Number(timestamp) * 1000) > OLDEST_SIGNATURE_MS) return false
  return isSame(createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex'), signature)
}

function isFromSendgrid(publicKey: string, callback: Callback): boolean {
  const signature = headerOf(callback, 'x-twilio-email-event-webhook-signature')
  const timestamp = headerOf(callback, 'x-twilio-email-event-webhook-timestamp')
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
  const signed = Buffer.concat([Buffer.from(timestamp), callback.bytes])
  return verify('sha256', signed, key, Buffer.from(signature, 'base64'))
}

/** Where Amazon keeps its certificates, and asks for confirmations. */
const AMAZON = /^https:\/\/sns\.[a-z0-9-]{1,30}\.amazonaws\.com(\.cn)?\//

/** True for an address of Amazon's notification service. */
export const isAmazonAddress = (url: unknown): url is string =>
  typeof url === 'string' && AMAZON.test(url) && URL.canParse(url)

const SIGNED_PARTS: Record<string, string[]> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
}

async function isFromAmazon(topic: string, { body }: Callback, http: Pick<HttpClient, 'request'>): Promise<boolean> {
  const message = textsOf(body)
  const parts = SIGNED_PARTS[String(message['Type'])]
  const url = message['SigningCertURL']
  if (parts === undefined || message['TopicArn'] !== topic || !isAmazonAddress(url)) return false
  const answer = await http.request({ method: 'GET', url })
  if (!answer.ok || answer.status !== 200) return false
  const signed = parts.filter((part) => typeof message[part] === 'string').map((part) => `${part}\n${message[part]}\n`)
  const algorithm = message['SignatureVersion'] === '2' ? 'RSA-SHA256' : 'RSA-SHA1'
  const { publicKey } = new X509Certificate(answer.body)
  return createVerify(algorithm).update(signed.join('')).verify(publicKey, String(message['Signature']), 'base64')
}
