/** Shapes of leads on the wire. */
import { type TSchema, Type } from 'typebox'
import { WORLD_REGIONS } from '../../domain/enrichment/country-facts.ts'
import { DEPARTMENTS, SENIORITIES } from '../../domain/enrichment/titles/title-words.ts'
import { LEAD_LIMITS, LEAD_STATUSES, LEAD_TEXT_FIELDS } from '../../domain/lead.ts'
import { BATCH_LIMIT } from '../../http/batch.ts'
import {
  allOptional,
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
  Repeated,
  ref,
  Slug,
  Text,
  TextMap,
  Timestamp,
} from '../../http/schema.ts'
import { countedPageOf } from '../../http/total.ts'

const externalIdFields = {
  system: Slug({ description: 'Key of the system.', examples: ['hubspot'] }),
  external_id: Type.String({
    minLength: 1,
    maxLength: 255,
    pattern: '^[^\\x00]*$',
    description: 'Id there.',
    examples: ['0015f00001abcde'],
  }),
}

export const ExternalIdSchema = component(
  'ExternalId',
  'The id of the same record in another system.',
  externalIdFields,
)
export const ExternalIdInput = input(
  'ExternalIdInput',
  'The id of the same record in another system.',
  externalIdFields,
)

const DESCRIPTIONS: Record<(typeof LEAD_TEXT_FIELDS)[number], [string, string]> = {
  email: ['E-mail address: trimmed, domain in lower-case ASCII.', 'ada@example.org'],
  phone: ['Phone number in E.164.', '+4930901820'],
  first_name: ['Given name.', 'Ada'],
  last_name: ['Family name.', 'Lovelace'],
  full_name: ['Whole name; follows first and last name unless it is given itself.', 'Ada Lovelace'],
  company_name: ['Company.', 'Analytical Engines Ltd'],
  job_title: ['Job title.', 'Head of Computing'],
  seniority: [
    `How far up: ${SENIORITIES.map((level) => `\`${level}\``).join(', ')}; read from the job title unless it is given.`,
    'head',
  ],
  department: [
    `Where: ${DEPARTMENTS.map((place) => `\`${place}\``).join(', ')}; read from the job title unless it is given.`,
    'engineering',
  ],
  website: ['Website of the person or company.', 'https://engines.test/'],
  street: ['Street and number.', '12 St James Square'],
  city: ['City.', 'London'],
  region: ['State, province or region.', 'England'],
  postal_code: ['Postal code.', 'SW1Y 4JH'],
  country: ['ISO 3166-1 alpha-2; names in common languages are understood.', 'GB'],
  language: ['BCP 47 tag.', 'en-GB'],
  time_zone: ['IANA time zone.', 'Europe/London'],
}

const textField = (name: (typeof LEAD_TEXT_FIELDS)[number]) =>
  Nullable(Text(500, { description: DESCRIPTIONS[name][0], examples: [DESCRIPTIONS[name][1]] }))

/** The text fields of a lead as nullable properties. */
const textFields = Object.fromEntries(LEAD_TEXT_FIELDS.map((name) => [name, textField(name)])) as Record<
  (typeof LEAD_TEXT_FIELDS)[number],
  ReturnType<typeof textField>
>

const collections = {
  tags: List(Text(100, { description: 'A tag, on one line.', examples: ['webinar'], minLength: 1 }), LEAD_LIMITS.tags, {
    description: 'Tags, each once.',
    examples: [['webinar']],
  }),
  custom_fields: FreeMap(LEAD_LIMITS.custom_fields, {
    description: 'Values of your own fields by key, see `/settings/custom-fields`.',
    examples: [{ interest: 'demo' }],
  }),
  metadata: TextMap(LEAD_LIMITS.metadata, 500, {
    description: 'Texts of yours that are never interpreted; keys have up to 64 characters.',
    examples: [{ import_batch: '7' }],
  }),
  external_ids: List(ref(ExternalIdSchema), LEAD_LIMITS.external_ids, { description: 'Ids in other systems.' }),
}

export const Owner = component('Owner', 'The seller who owns a record.', {
  id: Id('user', { description: 'Id.' }),
  name: Text(200, { description: 'Name.', examples: ['Grace Hopper'] }),
  email: Nullable(Text(320, { description: 'E-mail address.', examples: ['grace@example.org'] })),
})

/** Rooms never import each other; a component of another room is referred to by its name. */
const accountComponent = { $id: 'Account' } as unknown as TSchema

const points = (description: string, example: number) => Int(-20_000, 20_000, { description, examples: [example] })

const ScoreSummary = component('ScoreSummary', 'How good a lead is; `GET /leads/{lead_id}/scores` explains it.', {
  total: points('Fit and engagement, or what a person has set.', 93),
  fit: points('Who they are.', 65),
  engagement: points('What they did.', 28),
  grade: Text(2, { description: 'Letter for fit and tier of engagement: A1 to F4.', examples: ['A2'] }),
  band: Nullable(Slug({ description: 'Band of the total; null below the lowest.', examples: ['warm'] })),
})

export const Lead = component('Lead', 'A person or contact that may buy.', {
  id: Id('lead', { description: 'Permanent id.' }),
  ...textFields,
  email_domain: Nullable(Text(255, { description: 'Domain of the e-mail address.', examples: ['example.org'] })),
  email_class: Nullable(
    OpenEnum(['disposable', 'free', 'role', 'corporate'], {
      description:
        'What the e-mail address tells: thrown away, of a free provider, read by several people, or of a company.',
      examples: ['corporate'],
    }),
  ),
  phone_type: Nullable(
    OpenEnum(
      ['mobile', 'fixed_line', 'fixed_line_or_mobile', 'toll_free', 'premium_rate', 'shared_cost', 'voip', 'unknown'],
      { description: 'What kind of number the phone number is.', examples: ['fixed_line'] },
    ),
  ),
  phone_country: Nullable(Text(2, { description: 'ISO 3166-1 alpha-2 of the phone number.', examples: ['DE'] })),
  world_region: Nullable(
    OpenEnum(WORLD_REGIONS, { description: 'Sales region of the country.', examples: ['europe'] }),
  ),
  currency: Nullable(Text(3, { description: 'ISO 4217 currency of the country.', examples: ['GBP'] })),
  phone_raw: Nullable(Text(500, { description: 'The phone number as it was typed.', examples: ['030 901820'] })),
  domain: Nullable(
    Text(255, {
      description: 'Registrable domain of the website, else of a company e-mail address.',
      examples: ['engines.test'],
    }),
  ),
  stage_key: Slug({ description: 'Lifecycle stage.', examples: ['lead'] }),
  status: OpenEnum(LEAD_STATUSES, { description: 'Where the work on it stands.' }),
  source_key: Nullable(Slug({ description: 'Where it first came from.', examples: ['website'] })),
  campaign_key: Nullable(Slug({ description: 'Campaign that first brought it.', examples: ['spring'] })),
  owner_id: Nullable(Id('user', { description: 'Seller who owns it.', examples: [null] })),
  account_id: Nullable(Id('account', { description: 'Company it belongs to.', examples: [null] })),
  ...collections,
  archived: Flag({ description: 'Archived leads are hidden from lists.', examples: [false] }),
  version: Int(1, 2_147_483_647, { description: 'Grows with every change.', examples: [1] }),
  etag: Text(40, { description: 'Send it as If-Match to change this version only.', examples: ['"v1"'] }),
  created_at: Timestamp({ description: 'When it was made.' }),
  updated_at: Timestamp({ description: 'When it last changed.' }),
  score: NullableRef(ScoreSummary, 'The score of the model `default`, as it was last written; null before the first.'),
  account: NullableRef(accountComponent, 'The company; null unless `expand=account` asks.'),
  owner: NullableRef(Owner, 'The seller; null unless `expand=owner` asks.'),
})

export const LeadPage = countedPageOf('LeadPage', 'A page of leads.', Lead)

export const EXPANSIONS = ['account', 'owner'] as const

export const ExpandParameter = Repeated(
  ClosedEnum(EXPANSIONS, { description: 'What to include in full.', examples: ['account'] }),
  { description: 'Includes the company or the seller beside its id.', examples: [['account']], maxItems: 5 },
)

const writable = {
  ...allOptional(textFields),
  ...allOptional(collections),
  external_ids: Type.Optional(
    List(ref(ExternalIdInput), LEAD_LIMITS.external_ids, { description: 'Ids in other systems.' }),
  ),
  source_key: Type.Optional(Lead.properties.source_key),
  campaign_key: Type.Optional(Lead.properties.campaign_key),
  status: Type.Optional(Lead.properties.status),
  account_id: Type.Optional(Lead.properties.account_id),
  owner_id: Type.Optional(Lead.properties.owner_id),
}

const onDuplicate = (description: string) => Type.Optional(OpenEnum(['update', 'reject', 'create'], { description }))

/** A move through the lifecycle, which has rules of its own. */
const stageMove = {
  stage_key: Type.Optional(
    Slug({
      description: 'Stage to move to, as the lifecycle allows; else 422 `invalid_transition` and nothing is written.',
      examples: ['lead'],
    }),
  ),
  stage_reason: Type.Optional(
    Nullable(Slug({ description: 'Why: a reason of the lifecycle.', examples: ['not_now'] })),
  ),
}

export const LeadCreate = input('LeadCreate', 'A lead to create; at least one field that tells who or what it is.', {
  ...writable,
  ...stageMove,
  on_duplicate: onDuplicate(
    'What to do when the e-mail, phone or external id is known: update that lead, answer 409, or create a second one. The setting `dedupe_policy` of the workspace when left out.',
  ),
})

const patchable = {
  ...writable,
  metadata: Type.Optional(
    Type.Unsafe<Record<string, string | null>>({
      type: 'object',
      additionalProperties: { type: ['string', 'null'], maxLength: 500, pattern: '^[^\\x00]*$' },
      maxProperties: 100,
      description: 'Texts of yours to set; null removes one.',
      examples: [{ import_batch: '7' }],
    }),
  ),
  archived: Type.Optional(Flag({ description: 'Set false to restore, true to archive.', examples: [false] })),
}

export const LeadUpdate = input(
  'LeadUpdate',
  'Fields to change (JSON merge patch): absent keeps, null clears, a list replaces, maps merge key by key.',
  { ...patchable, ...stageMove },
)

const upsertable = {
  ...patchable,
  external_ids: Type.Optional(
    List(ref(ExternalIdInput), LEAD_LIMITS.external_ids, {
      description: 'Ids in other systems: they find the lead, and join those that it has.',
    }),
  ),
}

export const LeadUpsert = input('LeadUpsert', 'Fields to change, or to make a lead of.', {
  ...upsertable,
  ...stageMove,
  on_duplicate: onDuplicate(
    'What to do when the external id is new but the e-mail is known: update that lead and give it the id, answer 409, or create a second lead. The setting `dedupe_policy` of the workspace when left out.',
  ),
})

export const LeadUpsertItem = input(
  'LeadUpsertItem',
  'A lead to create or change: found by id, external id or e-mail.',
  {
    id: Type.Optional(Id('lead', { description: 'The lead to change; it must exist.' })),
    ...upsertable,
    ...stageMove,
  },
)

export const LeadBatchUpsert = input('LeadBatchUpsert', 'Leads to create or change.', {
  items: Type.Array(ref(LeadUpsertItem), {
    minItems: 1,
    maxItems: BATCH_LIMIT,
    description: 'Leads; each is answered for itself.',
  }),
  atomic: Type.Optional(Flag({ description: 'True writes all or none; false when left out.', examples: [false] })),
  on_duplicate: onDuplicate(
    'What to do with an item whose e-mail alone is known. The setting `dedupe_policy` of the workspace when left out.',
  ),
})
