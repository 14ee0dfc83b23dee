// Who changed what, when, from where. An entry shows the difference and nothing else: only the fields that changed,
// secrets masked, long values as their digest, so that the log stays readable and holds nothing worth stealing.
// Digests of the whole object before and after prove what it was, even where the difference is shortened.
import { createHash } from 'node:crypto'

/** Everything that is audited, with the kind of object it is about. Adding one is additive: readers take actions as open. */
export const AUDIT_ACTIONS = {
  'api_key.created': 'api_key',
  'api_key.rotated': 'api_key',
  'api_key.revoked': 'api_key',
  'lead.erased': 'lead',
  'settings.updated': 'workspace',
  'custom_fields.updated': 'custom_fields',
  'template.created': 'template',
  'template.updated': 'template',
  'template.deleted': 'template',
  'mail_sender.created': 'mail_sender',
  'mail_sender.updated': 'mail_sender',
  'mail_sender.deleted': 'mail_sender',
  'mail_settings.updated': 'mail_settings',
  'mail_provider.updated': 'mail_provider',
  'mail.resumed': 'mail_settings',
  'message.resolved': 'message',
  'suppression.created': 'suppression',
  'suppression.lifted': 'suppression',
  'form.created': 'form',
  'form.updated': 'form',
  'enrichment_credential.saved': 'enrichment_credential',
  'enrichment_credential.deleted': 'enrichment_credential',
  'policy.saved': 'policy',
  'policy.published': 'policy',
  'policy.retired': 'policy',
  'user.created': 'user',
  'user.updated': 'user',
  'teams.updated': 'teams',
  'webhook_endpoint.created': 'webhook_endpoint',
  'webhook_endpoint.updated': 'webhook_endpoint',
  'webhook_endpoint.secret_rotated': 'webhook_endpoint',
  'webhook_endpoint.deleted': 'webhook_endpoint',
  'buyer.created': 'buyer',
  'buyer.updated': 'buyer',
  'buyer_offer.resolved': 'buyer_offer',
} as const

export type AuditAction = keyof typeof AUDIT_ACTIONS

type Json = Record<string, unknown>

/** What changed: the differing fields on both sides, and SHA-256 of each whole side as hex (null: no such side). */
export interface Difference {
  before: Json
  after: Json
  before_hash: string | null
  after_hash: string | null
}

/** Fields whose values never reach the log, whatever they hold. */
const SECRET_NAME = /secret|password|passphrase|credential|token|private_key/i
const MASK = '***'
/** Longer values appear as length and digest: a page of entries stays below 1 MB even when whole forms change. */
const LONGEST_VALUE = 4_000

/** The difference of an object: null before means created, null after means removed. */
export function describeDifference(before: Json | null, after: Json | null): Difference {
  const [from, to] = [maskSecrets(before ?? {}), maskSecrets(after ?? {})]
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter(
    (name) => canonicalJson(from[name]) !== canonicalJson(to[name]) || isRotated(name, before, after),
  )
  return {
    before: shorten(from, names),
    after: shorten(to, names),
    before_hash: before === null ? null : sha256(canonicalJson(from)),
    after_hash: after === null ? null : sha256(canonicalJson(to)),
  }
}

/** A secret that changed shows as masked on both sides: that it changed is worth knowing. */
const isRotated = (name: string, before: Json | null, after: Json | null) =>
  SECRET_NAME.test(name) && canonicalJson(before?.[name]) !== canonicalJson(after?.[name])

function maskSecrets(value: Json): Json {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([name, part]) => [name, maskPart(name, part)]),
  )
}

function maskPart(name: string, part: unknown): unknown {
  if (SECRET_NAME.test(name) && part !== null) return MASK
  if (Array.isArray(part)) return part.map((item) => maskPart('', item))
  return typeof part === 'object' && part !== null ? maskSecrets(part as Json) : part
}

function shorten(side: Json, names: string[]): Json {
  const shown = names.filter((name) => name in side)
  return Object.fromEntries(
    shown.map((name) => {
      const text = canonicalJson(side[name])
      return [name, text.length <= LONGEST_VALUE ? side[name] : { length: text.length, sha256: sha256(text) }]
    }),
  )
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** JSON with sorted members and without those that are undefined: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
}
