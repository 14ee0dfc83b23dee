// Standard Webhooks signatures: HMAC-SHA256 of `id.timestamp.body` under the bytes of the secret. While a secret is being
// rotated both sign, so a receiver changes over whenever it likes.
import { createHmac } from 'node:crypto'

const PREFIX = 'whsec_'
/** 256 bits; Standard Webhooks asks for 192 to 512. */
export const SECRET_BYTES = 32
/** How long the secret before signs too. */
export const OVERLAP_SECONDS = 86_400

/** The text of a secret. */
export function formatWebhookSecret(bytes: Uint8Array): string {
  return PREFIX + Buffer.from(bytes).toString('base64')
}

/** The headers that prove who sent a body and when; `secrets` newest first. */
export function signWebhook(
  secrets: readonly string[],
  message: { id: string; at: Date; body: string },
): { 'webhook-id': string; 'webhook-timestamp': string; 'webhook-signature': string } {
  const timestamp = Math.floor(message.at.getTime() / 1000)
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${message.id}.${timestamp}.${message.body}`).digest('base64')}`
  })
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
}
