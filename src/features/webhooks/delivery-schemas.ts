/** Shapes of webhook deliveries on the wire. */
import { Type } from 'typebox'
import { CHANGE_TYPES } from '../../changes/change.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ATTEMPT_ERRORS, type AttemptRecord, DELIVERY_STATES, MAX_EXCERPT } from '../../domain/webhook/delivery.ts'
import {
  component,
  Flag,
  Id,
  Int,
  input,
  List,
  Nullable,
  OpenEnum,
  pageOf,
  ref,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import type { DeliveryRow } from './delivery-queries.ts'

const MOST_ATTEMPTS = 1_000_000

const status = Nullable(
  Int(100, 999, { description: 'Status of the answer; null when there was none.', examples: [200] }),
)
const error = Nullable(
  OpenEnum(ATTEMPT_ERRORS, { description: 'Why there was no answer; null when there was one.', examples: [null] }),
)

const fields = {
  id: Id('webhook_delivery', { description: 'Id of the delivery.' }),
  endpoint_id: Id('webhook_endpoint', { description: 'Where it goes.' }),
  webhook_id: Id('change', { description: 'Id of the change: the `webhook-id` header of every try.' }),
  sequence: Nullable(
    Int(1, Number.MAX_SAFE_INTEGER, {
      description: 'Place of the change in the feed; null for a test.',
      examples: [81_234],
    }),
  ),
  type: Text(64, { description: 'Type of the change.', examples: ['lead.updated'] }),
  state: OpenEnum(DELIVERY_STATES, {
    description: '`pending` until it is taken, or given up after ten tries in three days.',
    examples: ['delivered'],
  }),
  attempt_count: Int(0, MOST_ATTEMPTS, { description: 'Tries so far, redeliveries included.', examples: [1] }),
  next_attempt_at: Nullable(
    Timestamp({ description: 'When it is tried next; null when it is finished.', examples: [null] }),
  ),
  last_status: status,
  last_error: error,
  created_at: Timestamp({ description: 'When it was queued.' }),
  finished_at: Nullable(Timestamp({ description: 'When it was taken or given up.' })),
}

const WebhookAttempt = component('WebhookAttempt', 'One try to deliver.', {
  number: Int(1, MOST_ATTEMPTS, { description: 'Counts all tries of the delivery.', examples: [1] }),
  started_at: Timestamp({ description: 'When it began.' }),
  latency_ms: Int(0, 2_147_483_647, {
    description: 'Milliseconds until the answer, or until we gave up.',
    examples: [41],
  }),
  status,
  error,
  response_excerpt: Text(MAX_EXCERPT, { description: "Beginning of the answer's body.", examples: ['ok'] }),
})

export const WebhookDelivery = component('WebhookDelivery', 'One change on its way to one endpoint.', fields)

export const WebhookDeliveryDetails = component('WebhookDeliveryDetails', 'A delivery with its tries.', {
  ...fields,
  attempts: List(ref(WebhookAttempt), 20, { description: 'The newest 20 tries, oldest first.' }),
})

export const WebhookDeliveryPage = pageOf('WebhookDeliveryPage', 'A page of deliveries.', WebhookDelivery)

export const WebhookTest = input('WebhookTest', 'What a test looks like.', {
  type: Type.Optional(
    OpenEnum(Object.keys(CHANGE_TYPES) as (keyof typeof CHANGE_TYPES)[], {
      description: 'Type of the example; the first that the endpoint takes when left out.',
      examples: ['lead.created'],
    }),
  ),
})

export const WebhookRedelivery = input(
  'WebhookRedelivery',
  'What to send again: ids, or a range, or only what failed.',
  {
    delivery_ids: Type.Optional(
      List(Id('webhook_delivery', { description: 'A delivery to this endpoint.' }), 200, {
        description: 'These deliveries, whatever became of them; then nothing else may be said.',
        minItems: 1,
      }),
    ),
    only_failed: Type.Optional(
      Flag({ description: 'Only deliveries that were given up, of the range or of all.', examples: [true] }),
    ),
    from_sequence: Type.Optional(
      Int(1, Number.MAX_SAFE_INTEGER, { description: 'From this place of the feed.', examples: [81_000] }),
    ),
    to_sequence: Type.Optional(
      Int(1, Number.MAX_SAFE_INTEGER, { description: 'Up to this place, which is included.', examples: [81_234] }),
    ),
    created_after: Type.Optional(
      Timestamp({ description: 'Happened (with `only_failed`: queued) at or after this moment.' }),
    ),
    created_before: Type.Optional(
      Timestamp({ description: 'Happened (with `only_failed`: queued) before this moment.' }),
    ),
  },
  { examples: [{ only_failed: true }] },
)

/** The wire form of a delivery. */
export function toWebhookDelivery({ id, endpoint_id, change_id, attempt, due_at, ...row }: DeliveryRow) {
  return {
    ...row,
    id: encodeTypeId('webhook_delivery', id),
    endpoint_id: encodeTypeId('webhook_endpoint', endpoint_id),
    webhook_id: encodeTypeId('change', change_id),
    attempt_count: attempt,
    next_attempt_at: due_at,
  }
}

/** The wire form of a delivery with its tries. */
export function toWebhookDeliveryDetails({ attempts, ...row }: DeliveryRow & { attempts: AttemptRecord[] }) {
  return { ...toWebhookDelivery(row), attempts }
}
