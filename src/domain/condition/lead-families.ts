// Fields beyond the lead's own columns: what is known of its company, consents, touches, segments, qualification and
// lifecycle. Each family has a source kind of its own; family-facts.ts reads it in memory, db/condition-families-sql.ts
// in SQL. `consent.<purpose>.<channel>` is a family without a list: purposes are whatever somebody agreed to. It is true
// while contact is allowed, false when the last word was a withdrawal or a grant that has ended, blank when nobody ever
// said anything; so `neq true` is "may not be contacted".
import { ATTRIBUTION_NAMES } from '../attribution.ts'
import { CONSENT_CHANNELS } from '../consent.ts'
import {
  CUSTOM_FIELD_PREFIX,
  type CustomFieldDefinition,
  defineCustomField,
  type FieldCatalogue,
  type FieldDefinition,
  type FieldType,
} from './field-catalogue.ts'

/** Source kinds of the families; conditions that name none of a kind need none of its rows. */
export const FAMILY_KINDS = [
  'account',
  'account_custom_field',
  'consent',
  'touch_first',
  'touch_last',
  'segments',
  'qualification',
  'criterion',
  'lifecycle',
] as const
export type FamilyKind = (typeof FAMILY_KINDS)[number]

/** What of a workspace decides which fields there are. */
export interface FamilyNames {
  accountFields: readonly CustomFieldDefinition[]
  /** Keys of the qualification frameworks and of their criteria. */
  frameworks: readonly string[]
  criteria: readonly string[]
}

type PlainType = Exclude<FieldType, 'id'>

const ACCOUNT_TYPES: Record<string, PlainType> = {
  name: 'text',
  website: 'text',
  domain: 'text',
  industry: 'text',
  phone: 'text',
  city: 'text',
  region: 'text',
  postal_code: 'text',
  country: 'text',
  employee_count: 'integer',
  annual_revenue_minor: 'integer',
  annual_revenue_currency: 'text',
  tags: 'text_list',
  archived: 'boolean',
  created_at: 'timestamp',
  updated_at: 'timestamp',
}

const TOUCH_TYPES: Record<string, PlainType> = {
  kind: 'text',
  source_key: 'text',
  campaign_key: 'text',
  occurred_at: 'timestamp',
  ...Object.fromEntries(ATTRIBUTION_NAMES.map((name) => [name, 'text' as const])),
}

const LIFECYCLE_TYPES: Record<string, PlainType> = {
  stage_entered_at: 'timestamp',
  previous_stage_key: 'text',
  stage_reason: 'text',
  wake_at: 'timestamp',
  stages: 'text_list',
}

/** What a verdict about a framework says. */
export const FRAMEWORK_TYPES: Record<string, PlainType> = {
  complete: 'boolean',
  qualified: 'boolean',
  score: 'integer',
}

/** The definitions of every family that can be listed. */
export function leadFieldFamilies({ accountFields, frameworks, criteria }: FamilyNames): FieldDefinition[] {
  return [
    ...family('account.', 'account', ACCOUNT_TYPES),
    { name: 'account.owner_id', type: 'id', idKind: 'user', source: { kind: 'account', name: 'owner_id' } },
    ...accountFields.map((field) => ({
      ...defineCustomField(field),
      name: `account.${CUSTOM_FIELD_PREFIX}${field.key}`,
      source: { kind: 'account_custom_field', name: field.key },
    })),
    ...family('touch.first.', 'touch_first', TOUCH_TYPES),
    ...family('touch.last.', 'touch_last', TOUCH_TYPES),
    { name: 'segments', type: 'text_list', source: { kind: 'segments', name: 'segments' } },
    ...family('lifecycle.', 'lifecycle', LIFECYCLE_TYPES),
    ...frameworks.flatMap((key) =>
      Object.entries(FRAMEWORK_TYPES).map(([part, type]) => ({
        name: `qualification.${key}.${part}`,
        type: type as PlainType,
        source: { kind: 'qualification', name: `${key}.${part}` },
      })),
    ),
    ...criteria.map((key) => ({
      name: `qualification.criteria.${key}`,
      type: 'text' as const,
      source: { kind: 'criterion', name: key },
    })),
  ]
}

function family(prefix: string, kind: FamilyKind, types: Record<string, PlainType>): FieldDefinition[] {
  return Object.entries(types).map(([name, type]) => ({ name: prefix + name, type, source: { kind, name } }))
}

const CONSENT = new RegExp(`^consent[.]([a-z][a-z0-9_-]{0,63})[.](${CONSENT_CHANNELS.join('|')})$`)

/** A catalogue that also knows every `consent.<purpose>.<channel>`. */
export function withConsentFields(catalogue: FieldCatalogue): FieldCatalogue {
  return {
    get: (name) => catalogue.get(name) ?? consentField(name),
    keys: () => catalogue.keys(),
    values: () => catalogue.values(),
  }
}

function consentField(name: string): FieldDefinition | undefined {
  const [, purpose, channel] = CONSENT.exec(name) ?? []
  if (purpose === undefined) return undefined
  return { name, type: 'boolean', source: { kind: 'consent', name: `${purpose}.${channel}` } }
}
