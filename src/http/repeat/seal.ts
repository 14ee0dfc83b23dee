/**
 * Kept answers are sealed with the secret that the caller sent: they may hold people and new API keys, and whoever reads
 * the database without that secret, ourselves included, reads nothing.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** AES-256-GCM: nonce, tag, text. `label` binds the text to the request that it answers. */
export function seal(bytes: Buffer, secret: string, label: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret, label), nonce)
  const text = Buffer.concat([cipher.update(bytes), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text])
}

/** What was sealed, or null when it was with another secret or for another request. */
export function unseal(sealed: Buffer, secret: string, label: string): Buffer | null {
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret, label), sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
  } catch {
    return null
  }
}

/** No slow derivation: API keys are 192 random bits. */
function keyOf(secret: string, label: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, label, 'kept answer', 32))
}
