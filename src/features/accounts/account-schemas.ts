/** Shapes of accounts on the wire. */
import { Type } from 'typebox'
import { LEAD_LIMITS } from '../../domain/lead.ts'
import { BATCH_LIMIT } from '../../http/batch.ts'
import {
  allOptional,
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
  ref,
  Slug,
  Text,
  TextMap,
  Timestamp,
} from '../../http/schema.ts'
import { countedPageOf } from '../../http/total.ts'

const money = {
  amount_minor: Int(0, Number.MAX_SAFE_INTEGER, {
    description: 'Amount in the smallest unit of the currency.',
    examples: [1_250_000_00],
  }),
  currency: Type.String({
    minLength: 3,
    maxLength: 3,
    pattern: '^[A-Za-z]{3}$',
    description: 'ISO 4217.',
    examples: ['EUR'],
  }),
}

export const MoneySchema = component('Money', 'An amount of money.', money)
export const MoneyInput = input('MoneyInput', 'An amount of money.', money)

const line = (description: string, example: string) => Nullable(Text(500, { description, examples: [example] }))

const fields = {
  name: line('Name of the company.', 'Analytical Engines Ltd'),
  website: line('Website.', 'https://engines.test/'),
  domain: line('Registrable domain; identifies the account. Follows the website unless it is given.', 'engines.test'),
  industry: line('Industry.', 'Machinery'),
  employee_count: Nullable(Int(0, 2_147_483_647, { description: 'Number of employees.', examples: [250] })),
  phone: line('Phone number in E.164.', '+442079460123'),
  street: line('Street and number.', '12 St James Square'),
  city: line('City.', 'London'),
  region: line('State, province or region.', 'England'),
  postal_code: line('Postal code.', 'SW1Y 4JH'),
  country: line('ISO 3166-1 alpha-2; names in common languages are understood.', 'GB'),
}

/** The id of an account in another system; `ExternalId` belongs to the room of leads, so it is named, not imported. */
const externalId = (name: string) => Type.Unsafe<{ system: string; external_id: string }>({ $ref: `${name}#` })

const collections = {
  tags: List(Text(100, { description: 'A tag, on one line.', examples: ['partner'], minLength: 1 }), LEAD_LIMITS.tags, {
    description: 'Tags, each once.',
    examples: [['partner']],
  }),
  custom_fields: FreeMap(LEAD_LIMITS.custom_fields, {
    description: 'Values of your own fields by key, see `/settings/custom-fields`.',
    examples: [{ segment: 'mid_market' }],
  }),
  metadata: TextMap(LEAD_LIMITS.metadata, 500, {
    description: 'Texts of yours that are never interpreted; keys have up to 64 characters.',
    examples: [{ import_batch: '7' }],
  }),
}

export const Account = component('Account', 'A company that leads belong to.', {
  id: Id('account', { description: 'Permanent id.' }),
  ...fields,
  annual_revenue: NullableRef(MoneySchema, 'Revenue of a year.'),
  owner_id: Nullable(
    Id('user', {
      description: 'Seller who owns it: who gets its leads where a rule says `account_owner`.',
      examples: [null],
    }),
  ),
  ...collections,
  external_ids: List(externalId('ExternalId'), LEAD_LIMITS.external_ids, { description: 'Ids in other systems.' }),
  archived: Flag({ description: 'Archived accounts are hidden from lists.', examples: [false] }),
  version: Int(1, 2_147_483_647, { description: 'Grows with every change.', examples: [1] }),
  etag: Text(40, { description: 'Send it as If-Match to change this version only.', examples: ['"v1"'] }),
  created_at: Timestamp({ description: 'When it was made.' }),
  updated_at: Timestamp({ description: 'When it last changed.' }),
})

export const AccountPage = countedPageOf('AccountPage', 'A page of accounts.', Account)

const externalIds = (description: string) =>
  Type.Optional(List(externalId('ExternalIdInput'), LEAD_LIMITS.external_ids, { description }))

const writable = {
  ...allOptional(fields),
  annual_revenue: Type.Optional(NullableRef(MoneyInput, 'Revenue of a year.')),
  owner_id: Type.Optional(Account.properties.owner_id),
  ...allOptional(collections),
}

const onDuplicate = (description: string) => Type.Optional(OpenEnum(['update', 'reject', 'create'], { description }))

export const AccountCreate = input(
  'AccountCreate',
  'An account to create: a name, a domain or an external id at least.',
  {
    ...writable,
    external_ids: externalIds('Ids in other systems.'),
    on_duplicate: onDuplicate(
      'What to do when the domain or an external id is known: update that account, answer 409, or (domain only) create a second one. The setting `dedupe_policy` of the workspace when left out.',
    ),
  },
)

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

export const AccountUpdate = input(
  'AccountUpdate',
  'Fields to change (JSON merge patch): absent keeps, null clears, a list replaces, maps merge key by key.',
  { ...patchable, external_ids: externalIds('Ids in other systems.') },
)

const upsertable = {
  ...patchable,
  external_ids: externalIds('Ids in other systems: they find the account, and join those that it has.'),
}

export const AccountUpsert = input('AccountUpsert', 'Fields to change, or to make an account of.', {
  ...upsertable,
  on_duplicate: onDuplicate(
    'What to do when the external id is new but the domain is known: update that account and give it the id, answer 409, or create a second account. The setting `dedupe_policy` of the workspace when left out.',
  ),
})

export const AccountUpsertItem = input(
  'AccountUpsertItem',
  'An account to create or change: found by id, external id or domain.',
  {
    id: Type.Optional(Id('account', { description: 'The account to change; it must exist.' })),
    ...upsertable,
  },
)

export const AccountBatchUpsert = input('AccountBatchUpsert', 'Accounts to create or change.', {
  items: Type.Array(ref(AccountUpsertItem), {
    minItems: 1,
    maxItems: BATCH_LIMIT,
    description: 'Accounts; each is answered for itself.',
  }),
  atomic: Type.Optional(Flag({ description: 'True writes all or none; false when left out.', examples: [false] })),
  on_duplicate: onDuplicate(
    'What to do with an item whose domain alone is known. The setting `dedupe_policy` of the workspace when left out.',
  ),
})

/** Path parameters of an account by its id in another system. */
export const ExternalAddress = Type.Object({
  system: Slug({ description: 'Key of the other system.', examples: ['hubspot'] }),
  external_id: Text(255, { description: 'Id there.', examples: ['0015f00001abcde'], minLength: 1 }),
})
