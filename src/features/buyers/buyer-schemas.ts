/** Shapes of buyers on the wire. */
import { type Static, type TProperties, Type } from 'typebox'
import {
  BODY_FORMATS,
  BUYER_LIMITS,
  BUYER_MODES,
  type BuyerCall,
  type BuyerDefinition,
  PRICE_UNITS,
  SALE_ORDERS,
} from '../../domain/buyer/buyer.ts'
import { MAX_AMOUNT_MINOR } from '../../domain/buyer/money.ts'
import { TimeZoneName } from '../../http/calendar-schemas.ts'
import { ConditionSchema } from '../../http/condition-schemas.ts'
import { etagOf } from '../../http/etag.ts'
import {
  component,
  Flag,
  Int,
  input,
  List,
  Nullable,
  NullableRef,
  OpenEnum,
  pageOf,
  ref,
  Slug,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import type { BuyerRow } from '../../pipeline/sell/sale-queries.ts'

const template = {
  name: Text(200, { description: 'Name; in JSON fields dots make objects.', examples: ['contact.city'], minLength: 1 }),
  value: Text(2_000, {
    description:
      'Text with placeholders: fields of the lead, `custom_fields.<key>`, `secret`, `offer_id`, `price`, `ping_reference`.',
    examples: ['{{city}}'],
  }),
}
const path = (description: string, example: string) => Nullable(Text(1_000, { description, examples: [example] }))

const answer = {
  accepted_path: path('Member that says whether it accepts; null: every 2xx does.', 'status'),
  accepted_values: List(
    Text(200, { description: 'A value that accepts.', examples: ['accepted'] }),
    BUYER_LIMITS.accepted_values,
    {
      description: 'Values that accept, whatever their case.',
      examples: [['accepted']],
    },
  ),
  price_path: path('Member with the price; null: the price of the definition.', 'bid.price'),
  price_unit: OpenEnum(PRICE_UNITS, { description: 'Whether prices are 1250 or 12.50.' }),
  reference_path: path('Member with the id of the buyer.', 'ping_id'),
  reason_path: path('Member with the reason of a rejection.', 'reason'),
}
const AnswerRulesSchema = component('BuyerAnswerRules', 'How an answer is read.', answer)

const partial = <P extends TProperties>(properties: P) =>
  Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, Type.Optional(schema)])) as {
    [K in keyof P]: ReturnType<typeof Type.Optional<P[K]>>
  }

const TemplateSchema = component('BuyerTemplate', 'A header or field that is sent.', template)
const TemplateInput = input('BuyerTemplateInput', 'A header or field that is sent.', template)
const AnswerRulesInput = input('BuyerAnswerRulesInput', 'How an answer is read.', partial(answer))

const call = {
  url: Text(2_048, { description: 'Where it is posted to.', examples: ['https://buyer.test/leads'], minLength: 1 }),
  format: OpenEnum(BODY_FORMATS, { description: 'Format of the body.' }),
  timeout_seconds: Int(1, BUYER_LIMITS.timeout_seconds, {
    description: 'Longest wait for the answer.',
    examples: [10],
  }),
}
const HEADERS = {
  description: 'Headers of the call.',
  examples: [[{ name: 'authorization', value: 'Bearer {{secret}}' }]],
}
const FIELDS = { description: 'Fields of the body.', examples: [[{ name: 'city', value: '{{city}}' }]] }

const CallSchema = component('BuyerCall', 'One call of a buyer.', {
  ...call,
  headers: List(ref(TemplateSchema), BUYER_LIMITS.headers, HEADERS),
  fields: List(ref(TemplateSchema), BUYER_LIMITS.fields, FIELDS),
  answer: ref(AnswerRulesSchema),
})
const CallInput = input('BuyerCallInput', 'One call of a buyer; only its address is required.', {
  url: call.url,
  format: Type.Optional(call.format),
  timeout_seconds: Type.Optional(call.timeout_seconds),
  headers: Type.Optional(List(ref(TemplateInput), BUYER_LIMITS.headers, HEADERS)),
  fields: Type.Optional(List(ref(TemplateInput), BUYER_LIMITS.fields, FIELDS)),
  answer: Type.Optional(ref(AnswerRulesInput)),
})

const amount = (description: string, example: number) => Int(0, MAX_AMOUNT_MINOR, { description, examples: [example] })
const cap = (description: string) => Nullable(Int(0, 1_000_000_000, { description, examples: [100] }))

const fields = {
  name: Text(200, { description: 'Name.', examples: ['Best Leads Ltd'], minLength: 1 }),
  active: Flag({ description: 'False: is asked about no lead.' }),
  mode: OpenEnum(BUYER_MODES, { description: 'Given at a fixed price, or asked for a bid first.' }),
  condition: NullableRef(ConditionSchema, 'Leads that it wants; null wants all.'),
  currency: Type.String({ pattern: '^[A-Z]{3}$', maxLength: 3, description: 'ISO 4217.', examples: ['EUR'] }),
  price_minor: amount('What it pays, in minor units; in mode `ping_post` the least bid that is taken.', 1250),
  ping_cost_minor: amount('What a ping costs you.', 0),
  sale_cost_minor: amount('What a sold lead costs you.', 300),
  cap_day: cap('Most leads a day in its time zone; null: no limit.'),
  cap_total: cap('Most leads ever; null: no limit.'),
  time_zone: TimeZoneName('IANA time zone of its days.'),
  next_buyers: List(Slug({ description: 'Key of a buyer.', examples: ['second-choice'] }), BUYER_LIMITS.next_buyers, {
    description: 'Who is asked beside or after it, when a sale begins with this buyer.',
    examples: [[]],
  }),
  order: OpenEnum(SALE_ORDERS, {
    description: '`listed` asks one after the other, `best_price` pings all at once and goes by the price.',
  }),
  return_days: Int(0, 365, { description: 'Days in which it may give a lead back; 0: never.', examples: [14] }),
}

export const BuyerKey = Slug({ description: 'Key of the buyer, chosen by you.', examples: ['best-leads'] })

export const Buyer = component('Buyer', 'An outside buyer of leads.', {
  key: BuyerKey,
  ...fields,
  ping: NullableRef(CallSchema, 'The question for a bid; null in mode `post`.'),
  post: ref(CallSchema),
  has_secret: Flag({ description: 'True when a secret is stored.', examples: [false] }),
  version: Int(1, 2_147_483_647, { description: 'Grows with every change.', examples: [1] }),
  etag: Text(40, { description: 'Send it as If-Match to change this version.', examples: ['"v1"'] }),
  created_at: Timestamp({ description: 'When it was made.' }),
  updated_at: Timestamp({ description: 'When it last changed.' }),
})
export const BuyerPage = pageOf('BuyerPage', 'A page of buyers.', Buyer)

export const BuyerInput = input(
  'BuyerInput',
  'A buyer; its post and its price are required.',
  {
    ...partial(fields),
    price_minor: fields.price_minor,
    ping: Type.Optional(NullableRef(CallInput, 'The question for a bid; null in mode `post`.')),
    post: ref(CallInput),
    secret: Type.Optional(
      Nullable(
        Text(2_000, {
          description: 'Stored sealed and never shown; left out keeps it, null removes it.',
          examples: [null],
        }),
      ),
    ),
  },
  {
    examples: [
      { mode: 'post', currency: 'EUR', price_minor: 1250, cap_day: 100, post: { url: 'https://buyer.test/leads' } },
    ],
  },
)
export type BuyerBody = Static<typeof BuyerInput>

/** The definition that a body means, complete with its defaults. */
export function toBuyerDefinition({ secret: _, ping, post, ...body }: BuyerBody, key: string): BuyerDefinition {
  return {
    name: body.name ?? key,
    active: body.active ?? true,
    mode: body.mode ?? 'post',
    condition: (body.condition ?? null) as BuyerDefinition['condition'], // the catalogue judges it before it is stored
    ping: ping === null || ping === undefined ? null : toCall(ping),
    post: toCall(post),
    currency: body.currency ?? 'EUR',
    price_minor: body.price_minor,
    ping_cost_minor: body.ping_cost_minor ?? 0,
    sale_cost_minor: body.sale_cost_minor ?? 0,
    cap_day: body.cap_day ?? null,
    cap_total: body.cap_total ?? null,
    time_zone: body.time_zone ?? 'UTC',
    next_buyers: body.next_buyers ?? [],
    order: body.order ?? 'listed',
    return_days: body.return_days ?? 0,
  }
}

function toCall({ answer: rules = {}, ...given }: Static<typeof CallInput>): BuyerCall {
  return {
    url: given.url,
    format: given.format ?? 'json',
    headers: given.headers ?? [],
    fields: given.fields ?? [],
    timeout_seconds: given.timeout_seconds ?? 10,
    answer: {
      accepted_path: rules.accepted_path ?? null,
      accepted_values: rules.accepted_values ?? [],
      price_path: rules.price_path ?? null,
      price_unit: rules.price_unit ?? 'minor',
      reference_path: rules.reference_path ?? null,
      reason_path: rules.reason_path ?? null,
    },
  }
}

/** The wire form of a buyer; the secret stays where it is. */
export function toBuyer({ buyer_key, definition, secret, version, created_at, updated_at }: BuyerRow) {
  const etag = etagOf(version)
  return { key: buyer_key, ...definition, has_secret: secret !== null, version, etag, created_at, updated_at }
}
