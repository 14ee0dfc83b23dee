// API keys: a prefix that tells the kind (and lets scanners of leaked secrets find it), 192 random bits, and a
// checksum so that garbage is refused without a look-up. Only the SHA-256 is stored: the secret is random, so a slow
// password hash would add nothing. The shape follows GitHub's tokens (prefix + checksum).
import { hash } from 'node:crypto'

export const KEY_KINDS = ['secret', 'restricted', 'publishable'] as const
export type KeyKind = (typeof KEY_KINDS)[number]

const PREFIXES: Record<KeyKind, string> = { secret: 'sk_live_', restricted: 'rk_live_', publishable: 'pk_live_' }

const checksumOf = (body: string) => hash('sha256', body, 'base64url').replace(/[-_]/g, '0').slice(0, 6)

/** The key for 24 random bytes. */
export function formatKey(kind: KeyKind, random: Buffer): string {
  const body = PREFIXES[kind] + random.toString('hex')
  return body + checksumOf(body)
}

/** True when prefix, length and checksum are right; whether the key exists is another question. */
export function looksLikeKey(key: string): boolean {
  const body = key.slice(0, -6)
  return (
    key.length === 62 &&
    Object.values(PREFIXES).some((prefix) => key.startsWith(prefix)) &&
    checksumOf(body) === key.slice(-6)
  )
}

/** What is stored instead of the key, in hexadecimal. */
export function hashKey(key: string): string {
  return hash('sha256', key)
}
