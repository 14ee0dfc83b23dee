/** From the body of a request to a key that can be made; every fault is named at once. */
import { KEY_KINDS, type KeyKind } from '../../domain/api-key.ts'
import { parseSpan } from '../../domain/condition/moment.ts'
import { originOf } from '../../domain/form-faults.ts'
import { normalizeIpRange } from '../../domain/ip-range.ts'
import { type ProblemItem, validationFailed } from '../../errors.ts'
import { SCOPES } from '../../http/access.ts'
import type { NewKey } from './key-service.ts'

/** What a request may say about a new key, as its schema lets it through. */
export interface KeyInput {
  name: string
  kind: string
  scopes?: string[]
  origin?: string | null
  allowed_ips?: string[]
  allowed_origins?: string[]
  expires_at?: string | null
}

/** The key that is asked for, in normal form; 400 with a pointer to each fault. */
export function readNewKey(input: KeyInput, now: Date): NewKey {
  const items: ProblemItem[] = []
  const fault = (pointer: string, detail: string, code = 'invalid_value') =>
    items.push({ code, detail, pointer, parameter: null })
  const { scopes = [] } = input
  if (!isKind(input.kind)) fault('/kind', `Must be one of: ${KEY_KINDS.join(', ')}.`)
  for (const [i, scope] of scopes.entries()) {
    if (!(SCOPES as readonly string[]).includes(scope)) fault(`/scopes/${i}`, 'There is no such scope.')
  }
  if (input.kind === 'restricted' && scopes.length === 0) fault('/scopes', 'A restricted key needs scopes.', 'required')
  if (input.kind !== 'restricted' && scopes.length > 0) fault('/scopes', 'Only a restricted key has scopes of its own.')
  if (input.name.trim() === '') fault('/name', 'Must not be blank.')
  const allowedIps = (input.allowed_ips ?? []).map((text, i) => {
    const range = normalizeIpRange(text)
    if (!range.ok) fault(`/allowed_ips/${i}`, range.detail, range.code)
    return range.ok ? range.value : text
  })
  const allowedOrigins = [...new Set(input.allowed_origins ?? [])]
  for (const [i, origin] of allowedOrigins.entries()) {
    if (originOf(origin) !== origin)
      fault(`/allowed_origins/${i}`, 'Must be scheme, host and port only, as a browser sends it.', 'invalid_origin')
  }
  if (input.kind !== 'publishable' && allowedOrigins.length > 0)
    fault('/allowed_origins', 'Only a publishable key is used by pages.')
  const expiresAt = readEnd(input.expires_at ?? null)
  if (expiresAt !== null && !(expiresAt > now.toISOString())) fault('/expires_at', 'Must be a moment in the future.')
  if (items.length > 0) throw validationFailed(items)
  return {
    name: input.name.trim(),
    kind: input.kind as KeyKind, // checked above
    scopes: SCOPES.filter((scope) => scopes.includes(scope)),
    origin: input.origin ?? null,
    allowedIps: [...new Set(allowedIps)],
    allowedOrigins,
    expiresAt,
  }
}

const isKind = (kind: string): kind is KeyKind => (KEY_KINDS as readonly string[]).includes(kind)

/** A moment in stored form; the empty text, which is before all moments, when it is none that a calendar has. */
function readEnd(text: string | null): string | null {
  if (text === null) return null
  const span = parseSpan(text, 'timestamp')
  return span === undefined ? '' : new Date(span.start).toISOString()
}
