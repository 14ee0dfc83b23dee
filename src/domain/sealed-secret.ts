// Secrets of other services are stored sealed: AES-256-GCM under a key derived from the secret of the installation, bound
// to the place they belong to, so that a copy in another tenant's row opens nothing.
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'

/** First byte of a sealed secret: which key sealed it. Another key gets another number. */
const KEY_ID = 1
/** Random bytes that each sealing needs. */
export const SEAL_IV_BYTES = 12
const TAG_BYTES = 16

const keyOf = (installationSecret: Uint8Array) =>
  Buffer.from(hkdfSync('sha256', installationSecret, '', `leadwell sealed secrets ${KEY_ID}`, 32))

/** Seals a text; `place` names tenant and field, `iv` are 12 fresh random bytes. */
export function sealSecret(installationSecret: Uint8Array, place: string, text: string, iv: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', keyOf(installationSecret), iv)
  cipher.setAAD(Buffer.from(place))
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.from([KEY_ID]), iv, cipher.getAuthTag(), body])
}

/** The text; throws when it was sealed elsewhere, by another key, or changed. */
export function openSecret(installationSecret: Uint8Array, place: string, sealed: Uint8Array): string {
  const [keyId] = sealed
  if (keyId !== KEY_ID) throw new Error('the secret was sealed with an unknown key')
  const iv = sealed.subarray(1, 1 + SEAL_IV_BYTES)
  const tag = sealed.subarray(1 + SEAL_IV_BYTES, 1 + SEAL_IV_BYTES + TAG_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', keyOf(installationSecret), iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(place))
  decipher.setAuthTag(tag)
  return Buffer.concat([decipher.update(sealed.subarray(1 + SEAL_IV_BYTES + TAG_BYTES)), decipher.final()]).toString(
    'utf8',
  )
}
