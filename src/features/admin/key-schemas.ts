/** Shapes of API keys on the wire. */
import { Type } from 'typebox'
import { KEY_KINDS } from '../../domain/api-key.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { SCOPES } from '../../http/access.ts'
import { etagOf } from '../../http/etag.ts'
import {
  component,
  Id,
  Int,
  input,
  List,
  Nullable,
  OpenEnum,
  pageOf,
  Slug,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import { KEY_STATES, type KeyRow } from './key-queries.ts'
import type { KeyWithSecret } from './key-service.ts'

/** Longest overlap of two secrets of a key: a week, enough for a slow roll-out, short enough to end. */
const LONGEST_OVERLAP_SECONDS = 604_800

const name = Text(200, { description: 'What it is for, in your words.', examples: ['CRM in Berlin'], minLength: 1 })
const origin = Nullable(
  Slug({
    description: 'Integration that writes with this key; `exclude_origin` of the change feed leaves its changes out.',
    examples: ['hubspot'],
  }),
)
const scopes = (description: string) =>
  List(
    OpenEnum(SCOPES, { description: 'A right.', examples: ['leads:read'], pattern: '^[a-z0-9_:]*$' }),
    SCOPES.length,
    {
      description,
      examples: [['leads:read']],
    },
  )
const allowedIps = List(
  Text(64, { description: 'A network in CIDR notation, or one address.', examples: ['203.0.113.0/24'], minLength: 1 }),
  50,
  {
    description: 'Networks that may use the key; empty allows every address. Stored with host bits cleared.',
    examples: [['203.0.113.0/24']],
  },
)
const allowedOrigins = List(
  Text(300, { description: 'An origin, as a browser sends it.', examples: ['https://shop.test'], minLength: 1 }),
  100,
  {
    description:
      'Websites whose pages may send events with a publishable key; empty allows every page. A call without `Origin` comes from no page.',
    examples: [[]],
  },
)
const expiresAt = Nullable(
  Timestamp({ description: 'When it stops working; null means never.', examples: ['2027-11-22T00:00:00.000Z'] }),
)

const fields = {
  id: Id('key', { description: 'Permanent id; the same over rotations.' }),
  name,
  kind: OpenEnum(KEY_KINDS, {
    description: '`secret` may do everything, `restricted` what its scopes name, `publishable` capture only.',
    examples: ['restricted'],
  }),
  scopes: scopes('Rights of a restricted key; empty for the other kinds.'),
  origin,
  allowed_ips: allowedIps,
  allowed_origins: allowedOrigins,
  prefix: Text(16, { description: 'How the secret begins.', examples: ['rk_live_7f3a'] }),
  last_four: Text(4, { description: 'How the secret ends.', examples: ['Qx9Z'] }),
  state: OpenEnum(KEY_STATES, { description: 'Whether it works now.', examples: ['active'] }),
  created_at: Timestamp({ description: 'When it was made.' }),
  expires_at: expiresAt,
  rotated_at: Nullable(Timestamp({ description: 'When it last got a new secret.', examples: [null] })),
  overlap_ends_at: Nullable(
    Timestamp({ description: 'Until when the secret before the last rotation works.', examples: [null] }),
  ),
  revoked_at: Nullable(Timestamp({ description: 'When it was revoked.', examples: [null] })),
  etag: Text(40, { description: 'Send it as If-Match to act on this version only.', examples: ['"v1"'] }),
}

export const ApiKey = component('ApiKey', 'An API key as its owners see it; the secret is stored nowhere.', fields)

export const ApiKeyWithSecret = component('ApiKeyWithSecret', 'A key with its secret, which is shown only now.', {
  ...fields,
  secret: Type.String({
    description: 'The secret; keep it, it cannot be shown again.',
    maxLength: 200,
    pattern: '^[\\x21-\\x7e]+$',
    examples: ['rk_live_0000000000000000000000000000000000000000000000000example'],
  }),
})

export const ApiKeyPage = pageOf('ApiKeyPage', 'A page of API keys.', ApiKey)

export const ApiKeyCreate = input('ApiKeyCreate', 'A new key. It can never do more than the key that makes it.', {
  name,
  kind: fields.kind,
  scopes: Type.Optional(scopes('Rights of a restricted key, at least one; other kinds take none.')),
  origin: Type.Optional(origin),
  allowed_ips: Type.Optional(allowedIps),
  allowed_origins: Type.Optional(allowedOrigins),
  expires_at: Type.Optional(expiresAt),
})

export const ApiKeyRotation = input('ApiKeyRotation', 'How a key gets a new secret.', {
  overlap_seconds: Int(0, LONGEST_OVERLAP_SECONDS, {
    description: 'How long the secret before keeps working; 0 ends it at once.',
    examples: [3600],
  }),
})

/** The wire form of a key. */
export function toApiKey({ version, ...key }: KeyRow) {
  return { ...key, id: encodeTypeId('key', key.id), etag: etagOf(version) }
}

/** The wire form of a key with its secret. */
export function toApiKeyWithSecret({ key, secret }: KeyWithSecret) {
  return { ...toApiKey(key), secret }
}
