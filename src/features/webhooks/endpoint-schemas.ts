/** Shapes of webhook endpoints on the wire. */
import { Type } from 'typebox'
import { encodeTypeId } from '../../domain/type-id.ts'
import { DISABLED_REASONS, ENDPOINT_STATES } from '../../domain/webhook/delivery.ts'
import { ConditionSchema } from '../../http/condition-schemas.ts'
import { etagOf } from '../../http/etag.ts'
import {
  ClosedEnum,
  component,
  Id,
  Int,
  input,
  List,
  Nullable,
  NullableRef,
  OpenEnum,
  pageOf,
  Text,
  TextMap,
  Timestamp,
} from '../../http/schema.ts'
import type { EndpointRow } from './endpoint-queries.ts'

/** Longer, and a burst of one lead would be held back for longer than anybody waits for news. */
const LONGEST_WINDOW_SECONDS = 300
export const MAX_HEADERS = 20

const url = Type.String({
  format: 'uri',
  minLength: 1,
  maxLength: 2048,
  description: 'Where changes are posted: https, a public host, no credentials in it.',
  examples: ['https://crm.engines.test/hooks/leadwell'],
})
const description = Text(500, { description: 'What it is for, in your words.', examples: ['CRM in Berlin'] })
const types = List(
  Type.String({
    pattern: '^(\\*|[a-z_]+\\.([a-z_]+|\\*))$',
    maxLength: 64,
    description: 'A type of change, all of an object (`lead.*`), or everything (`*`).',
    examples: ['lead.*'],
  }),
  50,
  { description: 'Which changes are sent; empty sends all, also types that are added later.', examples: [['lead.*']] },
)
const condition = NullableRef(
  ConditionSchema,
  'Only changes of leads that satisfy this, as they are after the change. With a condition nothing but changes of leads is sent.',
)
const coalesceSeconds = Int(0, LONGEST_WINDOW_SECONDS, {
  description:
    'Updates (`*.updated`) of one object within so many seconds become one: the last, with all fields that changed. Other types are sent at once. 0 sends each.',
  examples: [0],
})
const headers = TextMap(MAX_HEADERS, 1_000, {
  description:
    'Headers of your own, sent with every call and never shown again. Replaced as a whole; those of the protocol cannot be set.',
  examples: [{ 'x-api-key': 'of your receiver' }],
})

const fields = {
  id: Id('webhook_endpoint', { description: 'Id of the endpoint.' }),
  url,
  description,
  types,
  condition,
  coalesce_seconds: coalesceSeconds,
  header_names: List(Text(100, { description: 'A name.', examples: ['x-api-key'] }), MAX_HEADERS, {
    description: 'Names of your own headers.',
    examples: [['x-api-key']],
  }),
  state: ClosedEnum(ENDPOINT_STATES, { description: 'Whether changes are sent.' }),
  disabled_reason: Nullable(
    OpenEnum(DISABLED_REASONS, {
      description: 'Why it is disabled: you asked, it answered 410, it failed for five days, or its condition broke.',
      examples: [null],
    }),
  ),
  disabled_at: Nullable(Timestamp({ description: 'Since when it is disabled.', examples: [null] })),
  failing_since: Nullable(
    Timestamp({
      description: 'Since when every call has failed; null while the last one was taken.',
      examples: [null],
    }),
  ),
  sequence: Nullable(
    Int(0, Number.MAX_SAFE_INTEGER, {
      description: 'Place in the change feed up to which changes have been queued; null while disabled.',
      examples: [81_234],
    }),
  ),
  previous_secret_ends_at: Nullable(
    Timestamp({ description: 'Until when secrets from before the last rotation sign too.', examples: [null] }),
  ),
  created_at: Timestamp({ description: 'When it was made.' }),
  updated_at: Timestamp({ description: 'When it was last changed.' }),
  etag: Text(40, { description: 'Send it as If-Match to act on this version only.', examples: ['"v1"'] }),
}

export const WebhookEndpoint = component('WebhookEndpoint', 'Where changes are sent as they happen.', fields)

export const WebhookEndpointWithSecret = component(
  'WebhookEndpointWithSecret',
  'An endpoint with its signing secret, which is shown only now.',
  {
    ...fields,
    secret: Type.String({
      description: 'The signing secret; keep it, it cannot be shown again.',
      maxLength: 100,
      pattern: '^whsec_[A-Za-z0-9+/=]+$',
      examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo='],
    }),
  },
)

export const WebhookEndpointPage = pageOf('WebhookEndpointPage', 'A page of webhook endpoints.', WebhookEndpoint)

export const WebhookEndpointCreate = input(
  'WebhookEndpointCreate',
  'A new endpoint; it is told of changes from now on.',
  {
    url,
    description: Type.Optional(description),
    types: Type.Optional(types),
    condition: Type.Optional(condition),
    coalesce_seconds: Type.Optional(coalesceSeconds),
    headers: Type.Optional(headers),
  },
)

export const WebhookEndpointUpdate = input('WebhookEndpointUpdate', 'What changes; absent fields keep their value.', {
  url: Type.Optional(url),
  description: Type.Optional(description),
  types: Type.Optional(types),
  condition: Type.Optional(condition),
  coalesce_seconds: Type.Optional(coalesceSeconds),
  headers: Type.Optional(headers),
  state: Type.Optional(
    ClosedEnum(ENDPOINT_STATES, {
      description:
        'Enabled again it is told of changes from now on, and of those that were queued before; `/redeliver` brings the rest.',
    }),
  ),
})

/** The wire form of an endpoint. */
export function toWebhookEndpoint({ version, state, ...endpoint }: EndpointRow) {
  return {
    ...endpoint,
    id: encodeTypeId('webhook_endpoint', endpoint.id),
    // Deleted ones are never read.
    state: state as (typeof ENDPOINT_STATES)[number],
    etag: etagOf(version),
  }
}
