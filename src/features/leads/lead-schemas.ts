/** Shapes of leads on the wire. */
import { type TProperties, Type } from 'typebox'
import { LEAD_TEXT_FIELDS } from '../../domain/lead.ts'
import {
  component,
  Flag,
  FreeMap,
  Id,
  Int,
  input,
  List,
  Nullable,
  OpenEnum,
  pageOf,
  ref,
  Slug,
  Text,
  TextMap,
  Timestamp,
} from '../../http/schema.ts'

export const ExternalIdSchema = component('ExternalId', 'The id of the same person in another system.', {
  system: Slug({ description: 'Key of the system.', examples: ['hubspot'] }),
  external_id: Type.String({
    minLength: 1,
    maxLength: 255,
    pattern: '^[^\\x00]*$',
    description: 'Id there.',
    examples: ['0015f00001abcde'],
  }),
})

const DESCRIPTIONS: Record<(typeof LEAD_TEXT_FIELDS)[number], [string, string]> = {
  email: ['E-mail address: trimmed, domain in lower-case ASCII.', 'ada@example.org'],
  phone: ['Phone number in E.164.', '+4930901820'],
  first_name: ['Given name.', 'Ada'],
  last_name: ['Family name.', 'Lovelace'],
  full_name: ['Whole name as it is written.', 'Ada Lovelace'],
  company_name: ['Company.', 'Analytical Engines Ltd'],
  job_title: ['Job title.', 'Head of Computing'],
  website: ['Website of the person or company.', 'https://engines.test/'],
  street: ['Street and number.', '12 St James Square'],
  city: ['City.', 'London'],
  region: ['State, province or region.', 'England'],
  postal_code: ['Postal code.', 'SW1Y 4JH'],
  country: ['ISO 3166-1 alpha-2; kept as sent when it is no known country.', 'GB'],
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

const optional = <P extends TProperties>(properties: P) =>
  Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, Type.Optional(schema)])) as {
    [K in keyof P]: ReturnType<typeof Type.Optional<P[K]>>
  }

const collections = {
  tags: List(Text(100, { description: 'A tag.', examples: ['webinar'], minLength: 1 }), 100, {
    description: 'Tags.',
    examples: [['webinar']],
  }),
  custom_fields: FreeMap(200, { description: 'Values of your own fields by key.', examples: [{ team_size: 12 }] }),
  metadata: TextMap(50, 500, {
    description: 'Texts of yours that are never interpreted.',
    examples: [{ import_batch: '7' }],
  }),
  external_ids: List(ref(ExternalIdSchema), 50, { description: 'Ids in other systems.' }),
}

export const Lead = component('Lead', 'A person or contact that may buy.', {
  id: Id('lead', { description: 'Permanent id.' }),
  ...textFields,
  email_domain: Nullable(Text(255, { description: 'Domain of the e-mail address.', examples: ['example.org'] })),
  phone_raw: Nullable(Text(500, { description: 'The phone number as it was typed.', examples: ['030 901820'] })),
  domain: Nullable(
    Text(255, {
      description: 'Registrable domain of the website, else of a company e-mail address.',
      examples: ['engines.test'],
    }),
  ),
  stage_key: Slug({ description: 'Lifecycle stage.', examples: ['lead'] }),
  status: OpenEnum(['new', 'working', 'nurturing', 'closed'], { description: 'Where the work on it stands.' }),
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
})

export const LeadPage = pageOf('LeadPage', 'A page of leads.', Lead)

const writable = {
  ...optional(textFields),
  ...optional(collections),
  source_key: Type.Optional(Lead.properties.source_key),
  campaign_key: Type.Optional(Lead.properties.campaign_key),
}

export const LeadCreate = input('LeadCreate', 'A lead to create; at least one field that tells who or what it is.', {
  ...writable,
  on_duplicate: Type.Optional(
    OpenEnum(['update', 'reject', 'create'], {
      description:
        'What to do when the e-mail, phone or external id is known: update that lead (default), answer 409, or create a second one.',
    }),
  ),
})

export const LeadUpdate = input(
  'LeadUpdate',
  'Fields to change (JSON merge patch): absent keeps, null clears, a list replaces.',
  {
    ...writable,
    status: Type.Optional(Lead.properties.status),
    archived: Type.Optional(Flag({ description: 'Set false to restore, true to archive.', examples: [false] })),
  },
)

export const Activity = component('Activity', 'One line of a timeline.', {
  id: Id('activity', { description: 'Id.' }),
  lead_id: Id('lead', { description: 'The lead.' }),
  type: OpenEnum(['form_submitted', 'lead_created', 'lead_updated'], { description: 'What happened.' }),
  occurred_at: Timestamp({ description: 'When it happened.' }),
  actor: Text(200, { description: 'Who did it: a key, a form, or the system.', examples: ['form:demo'] }),
  subject: Nullable(Text(500, { description: 'A short title.', examples: ['Contact us'] })),
  data: FreeMap(200, { description: 'Details of this type.', examples: [{ outcome: 'created' }] }),
  receipt_id: Nullable(Id('receipt', { description: 'Receipt of the decision behind it.' })),
})

export const ActivityPage = pageOf('ActivityPage', 'A page of a timeline, newest first.', Activity)
