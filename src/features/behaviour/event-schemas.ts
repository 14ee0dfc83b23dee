/** Shapes of events on the wire. */
import { Type } from 'typebox'
import {
  EVENT_ID_LENGTH,
  EVENT_NAME_LENGTH,
  EVENT_PROPERTIES_BYTES,
  MAX_EVENT_PROPERTIES,
  VISITOR_ID_PATTERN,
} from '../../domain/behaviour/event.ts'
import { TRAFFIC_WEIGHTS, type TrafficSign } from '../../domain/behaviour/judge-traffic.ts'
import type { JsonLimits } from '../../http/body/json-limits.ts'
import { jsonLimits } from '../../http/body/json-limits.ts'
import { Problem } from '../../http/problem.ts'
import {
  ClosedEnum,
  component,
  Flag,
  FreeMap,
  Id,
  Int,
  input,
  List,
  Nullable,
  NullableRef,
  OpenEnum,
  pageOf,
  ref,
  Text,
  Timestamp,
} from '../../http/schema.ts'

/** Most events of one request; a sender with more sends more requests. */
export const EVENT_BATCH_LIMIT = 1_000
export const EVENT_BATCH_BYTES = 4_194_304
/** Every event with all its properties. */
export const EVENT_BATCH_JSON: JsonLimits = { ...jsonLimits, keys: EVENT_BATCH_LIMIT * (MAX_EVENT_PROPERTIES + 15) }

/** The id that a browser keeps. */
export const VisitorId = (description: string) =>
  Type.String({
    description,
    maxLength: 100,
    pattern: VISITOR_ID_PATTERN,
    examples: ['4f1c0e7ab3d94f6c8f21d7a9c35be204'],
  })

/** What happened, in the words of the website or product. */
export const EventName = Type.String({
  description: 'What happened. Conditions compare it exactly.',
  maxLength: EVENT_NAME_LENGTH,
  pattern: '^[^\\x00-\\x1f\\x7f]+$',
  examples: ['page_viewed'],
})

/** Details of an event. */
export const EventProperties = FreeMap(MAX_EVENT_PROPERTIES, {
  description: `Details, at most ${EVENT_PROPERTIES_BYTES} bytes as JSON.`,
  examples: [{ title: 'Pricing' }],
})

const probability = (description: string) =>
  Type.Number({ description, minimum: 0, maximum: 1, format: 'double', examples: [0] })
const url = Text(2000, { description: 'Page.', examples: ['https://shop.test/pricing'] })

const fields = {
  name: EventName,
  properties: EventProperties,
  url: Nullable(url),
  occurred_at: Timestamp({ description: 'When it happened.' }),
}

export const EventSchema = component('BehaviourEvent', 'Something that a lead or an anonymous visitor did.', {
  id: Id('event', { description: 'Id.' }),
  ...fields,
  lead_id: Nullable(Id('lead', { description: 'The lead; null while the visitor is anonymous.' })),
  visitor_id: Nullable(VisitorId('The visitor; null when a server named the lead.')),
  source: OpenEnum(['api', 'tracker'], { description: 'Which way it came.' }),
  bot_probability: probability('How likely a machine did it.'),
  is_bot: Flag({
    description: 'True when it counts as a bot: kept, and left out of conditions and scores.',
    examples: [false],
  }),
  bot_signs: List(
    OpenEnum(Object.keys(TRAFFIC_WEIGHTS) as TrafficSign[], { description: 'A sign of a machine.' }),
    20,
    { description: 'What spoke for a machine.', examples: [[]] },
  ),
  received_at: Timestamp({ description: 'When it reached us.' }),
})

export const EventPage = pageOf('BehaviourEventPage', 'A page of events, newest first.', EventSchema)

/** `ExternalIdInput` belongs to the room of leads, so it is named, not imported. */
const ExternalId = Type.Unsafe<{ system: string; external_id: string }>({
  anyOf: [{ $ref: 'ExternalIdInput#' }, { type: 'null' }],
  description: 'The lead, by its id in another system.',
})

export const EventCreate = input(
  'EventCreate',
  'One event. Exactly one of `lead_id`, `email`, `external_id` and `visitor_id` says whose it is.',
  {
    name: fields.name,
    lead_id: Type.Optional(Nullable(Id('lead', { description: 'The lead.' }))),
    email: Type.Optional(Nullable(Text(320, { description: 'The lead, by its e-mail.', examples: [null] }))),
    external_id: Type.Optional(ExternalId),
    visitor_id: Type.Optional(Nullable(VisitorId('An anonymous visitor, or one that is known by now.'))),
    event_id: Type.Optional(
      Nullable(
        Text(EVENT_ID_LENGTH, {
          description: 'Your id of the event: the same one within 30 days is the same event.',
          minLength: 1,
          examples: ['order-1042-paid'],
        }),
      ),
    ),
    occurred_at: Type.Optional(
      Nullable(
        Timestamp({
          description:
            'When it happened; now when left out. Up to 5 minutes ahead counts as now, more is refused, and so is what is older than raw events are kept.',
        }),
      ),
    ),
    properties: Type.Optional(fields.properties),
    url: Type.Optional(Nullable(url)),
    user_agent: Type.Optional(
      Nullable(
        Text(1000, {
          description: 'User agent of the browser, for the bot verdict; it is not kept.',
          examples: ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
        }),
      ),
    ),
    bot_probability: Type.Optional(
      Nullable(
        probability('Your own verdict instead of ours, kept to three decimals.') as ReturnType<typeof Type.Number>,
      ),
    ),
  },
  { examples: [{ name: 'page_viewed', lead_id: 'lead_01k8r5x4q3e7vb2c9m6h0n1d5s', properties: { title: 'Pricing' } }] },
)

export const EventBatchCreate = input('EventBatchCreate', 'Events to record.', {
  items: List(ref(EventCreate), EVENT_BATCH_LIMIT, { description: 'Events, in any order.', minItems: 1 }),
})

export const EventBatchItemResult = component('EventBatchItemResult', 'What became of one event.', {
  index: Int(0, EVENT_BATCH_LIMIT - 1, { description: 'Place of the event in the request.', examples: [0] }),
  status: Int(200, 599, { description: 'Status that the event alone would have been answered with.', examples: [201] }),
  outcome: ClosedEnum(['created', 'unchanged', 'failed'], {
    description: 'What was done; `unchanged` means that it was there already.',
  }),
  id: Nullable(
    Text(64, { description: 'Id of the event; null when it failed.', examples: ['evt_01k8r5x4q3e7vb2c9m6h0n1d5s'] }),
  ),
  error: NullableRef(Problem, 'Why it failed; pointers lead into the item.'),
})

export const EventBatchResult = component(
  'EventBatchResult',
  'One result for each event, in the order of the request.',
  {
    results: List(ref(EventBatchItemResult), EVENT_BATCH_LIMIT, { description: 'Results by item.' }),
    succeeded: Int(0, EVENT_BATCH_LIMIT, { description: 'Events that are stored.', examples: [1] }),
    failed: Int(0, EVENT_BATCH_LIMIT, { description: 'Events that failed.', examples: [0] }),
  },
)

const EventTotalSchema = component('EventTotal', 'How often a lead did something.', {
  name: EventName,
  raw_count: Int(0, Number.MAX_SAFE_INTEGER, { description: 'All events.', examples: [14] }),
  count: Int(0, Number.MAX_SAFE_INTEGER, {
    description: 'Without bots: what conditions and scores count.',
    examples: [12],
  }),
  first_at: Nullable(Timestamp({ description: 'The first of those without bots.' })),
  last_at: Nullable(Timestamp({ description: 'The last of those without bots.' })),
})

export const EventTotals = component('EventTotals', 'How often a lead did what, the latest first.', {
  data: List(ref(EventTotalSchema), 1000, { description: 'Totals by event name.' }),
})
