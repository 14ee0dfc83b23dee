// The catalogue names every field that a condition may ask about, with its type and the place where its value lives.
// A new family (account.*, score.*, consent.*, segments) is more definitions with a source of their own, a reader of
// that source in the facts and a TermSource in db/condition-sql.ts; the language itself does not change.
import type { IdKind } from '../type-id.ts'
import type { ConditionOperator } from './condition-shape.ts'
import { foldText } from './fold-text.ts'

/** `id` is a reference to a record: a TypeID in conditions, a uuid in facts and columns. */
export type FieldType =
  | 'text'
  | 'text_list'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'timestamp'
  | 'date'
  | 'id'
  | 'behaviour'

/** Where a value lives: `column` of the lead, `custom_field` of the lead (name is its key), or another family's place. */
export interface FieldSource {
  readonly kind: string
  readonly name: string
}

interface FieldBase {
  readonly name: string
  readonly source: FieldSource
  /** The only texts, folded, that eq, neq, in and not_in may name; absent when they may name any. */
  readonly enum?: ReadonlySet<string>
}

export type FieldDefinition =
  | (FieldBase & { readonly type: Exclude<FieldType, 'id'> })
  | (FieldBase & { readonly type: 'id'; readonly idKind: IdKind })

/** Fields by name; a family may know more names than it lists. */
export type FieldCatalogue = Pick<ReadonlyMap<string, FieldDefinition>, 'get' | 'keys' | 'values'>

/** A custom field as far as conditions care; `option` stores one key of `options`, `options` a list of them. */
export interface CustomFieldDefinition {
  readonly key: string
  readonly type: 'text' | 'integer' | 'number' | 'boolean' | 'date' | 'timestamp' | 'option' | 'options'
  readonly options?: readonly string[]
}

const SETNESS = ['is_set', 'is_not_set'] as const
const EQUALITY = ['eq', 'neq'] as const
const MEMBERSHIP = [...EQUALITY, 'in', 'not_in'] as const
const ORDER = ['lt', 'lte', 'gt', 'gte'] as const
const CONTAINMENT = ['contains', 'not_contains'] as const
const RECENCY = ['within_days', 'older_than_days'] as const

/** Which operators a field of each type takes. Text is ordered too: postcode ranges and grades need it. */
export const OPERATORS_OF_TYPE: Readonly<Record<FieldType, readonly ConditionOperator[]>> = {
  text: [...MEMBERSHIP, ...ORDER, ...CONTAINMENT, 'starts_with', ...SETNESS],
  text_list: [...MEMBERSHIP, ...CONTAINMENT, ...SETNESS],
  integer: [...MEMBERSHIP, ...ORDER, ...SETNESS],
  number: [...MEMBERSHIP, ...ORDER, ...SETNESS],
  boolean: [...EQUALITY, ...SETNESS],
  timestamp: [...EQUALITY, ...ORDER, ...RECENCY, ...SETNESS],
  date: [...EQUALITY, ...ORDER, ...RECENCY, ...SETNESS],
  id: [...MEMBERSHIP, ...SETNESS],
  behaviour: ['did', 'did_not'],
}

const TEXT_COLUMNS = [
  'email',
  'email_domain',
  'email_class',
  'phone',
  'phone_type',
  'phone_country',
  'first_name',
  'last_name',
  'full_name',
  'company_name',
  'job_title',
  'seniority',
  'department',
  'website',
  'domain',
  'street',
  'city',
  'region',
  'postal_code',
  'country',
  'world_region',
  'currency',
  'language',
  'time_zone',
  'stage_key',
  'status',
  'source_key',
  'campaign_key',
]

const TYPE_OF_CUSTOM_FIELD = {
  text: 'text',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  option: 'text',
  options: 'text_list',
} as const

/** Name under which a custom field is asked about: this, then its key. */
export const CUSTOM_FIELD_PREFIX = 'custom_fields.'

/** Its presence in a catalogue is what allows behaviour terms; `source.kind` names their TermSource. */
export const BEHAVIOUR_FIELD: FieldDefinition = {
  name: 'behaviour',
  type: 'behaviour',
  source: { kind: 'events', name: 'events' },
}

/** Everything that a condition about leads may name: columns, this workspace's custom fields, and further families. */
export function leadFieldCatalogue(
  customFields: readonly CustomFieldDefinition[],
  families: readonly FieldDefinition[] = [],
): FieldCatalogue {
  const definitions: FieldDefinition[] = [
    ...TEXT_COLUMNS.map((name) => ({ name, type: 'text' as const, source: column(name) })),
    { name: 'owner_id', type: 'id', idKind: 'user', source: column('owner_id') },
    { name: 'account_id', type: 'id', idKind: 'account', source: column('account_id') },
    { name: 'tags', type: 'text_list', source: column('tags') },
    { name: 'archived', type: 'boolean', source: column('archived') },
    { name: 'created_at', type: 'timestamp', source: column('created_at') },
    { name: 'updated_at', type: 'timestamp', source: column('updated_at') },
    ...customFields.map(defineCustomField),
    ...families,
  ]
  return new Map(definitions.map((definition) => [definition.name, definition]))
}

function column(name: string): FieldSource {
  return { kind: 'column', name }
}

/** The field of a custom field of leads. */
export function defineCustomField({ key, type, options }: CustomFieldDefinition): FieldDefinition {
  return {
    name: `${CUSTOM_FIELD_PREFIX}${key}`,
    type: TYPE_OF_CUSTOM_FIELD[type],
    source: { kind: 'custom_field', name: key },
    ...(options && { enum: new Set(options.map(foldText)) }),
  }
}
