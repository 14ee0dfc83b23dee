// A timing token says when a form was rendered: signed, bound to the form, good once and for a limited time. It is also
// the salt of the proof of work, so one signature gives both their origin, their age and their single use.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { formatUuid } from './type-id.ts'

const VERSION = 't1'
/** 128 bits of the MAC: nobody forges one in the life of a token. */
const MAC_BYTES = 16
/** When (6 bytes, ms), which form (8), which token (16). */
const BODY_BYTES = 30
/** Clocks of two servers may differ by so much. */
const CLOCK_SKEW_MS = 60_000

export interface TokenForm {
  workspace_id: string
  form_key: string
}

/** The token of one rendering; `random` are 16 fresh random bytes. */
export function issueTimingToken(secret: Uint8Array, form: TokenForm, random: Uint8Array, now: Date): string {
  const body = Buffer.alloc(BODY_BYTES)
  body.writeUIntBE(now.getTime(), 0, 6)
  tagOf(form).copy(body, 6)
  body.set(random.subarray(0, 16), 14)
  const text = body.toString('base64url')
  return `${VERSION}.${text}.${macOf(secret, text)}`
}

export type TokenState = 'valid' | 'forged' | 'other_form' | 'expired'

export interface TokenVerdict {
  state: TokenState
  /** Null when the token is forged: nothing in it can be believed. */
  issued_at: string | null
  token_id: string | null
}

const FORGED: TokenVerdict = { state: 'forged', issued_at: null, token_id: null }

/** What a token that came with a submission is worth. */
export function readTimingToken(
  secret: Uint8Array,
  form: TokenForm,
  token: string,
  now: Date,
  lifetimeSeconds: number,
): TokenVerdict {
  const match = /^t1\.([A-Za-z0-9_-]{40})\.([A-Za-z0-9_-]{22})$/.exec(token)
  if (match?.[1] === undefined || match[2] === undefined) return FORGED
  // Compared as text: its last character has spare bits, and a token must have one form only.
  if (!timingSafeEqual(Buffer.from(macOf(secret, match[1])), Buffer.from(match[2]))) return FORGED
  const body = Buffer.from(match[1], 'base64url')
  const issued = body.readUIntBE(0, 6)
  const age = now.getTime() - issued
  if (age < -CLOCK_SKEW_MS) return FORGED
  const known = { issued_at: new Date(issued).toISOString(), token_id: formatUuid(body.subarray(14)) }
  if (!tagOf(form).equals(body.subarray(6, 14))) return { state: 'other_form', ...known }
  return { state: age > lifetimeSeconds * 1000 ? 'expired' : 'valid', ...known }
}

function tagOf(form: TokenForm): Buffer {
  return createHash('sha256').update(`${form.workspace_id}/${form.form_key}`).digest().subarray(0, 8)
}

function macOf(secret: Uint8Array, text: string): string {
  const mac = createHmac('sha256', secret).update(`timing token|${VERSION}|${text}`).digest()
  return mac.subarray(0, MAC_BYTES).toString('base64url')
}
