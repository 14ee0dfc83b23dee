// Custom fields are the workspace's own fields of leads and accounts. Each has a definition: a key for ever, a label
// for people, and a type that every stored value is of. What a form sends as text becomes that type or stays with the
// submission; what a program sends is of that type or is refused.

import type { CustomFieldDefinition } from './condition/field-catalogue.ts'

export const CUSTOM_FIELD_TYPES = [
  'text',
  'integer',
  'number',
  'boolean',
  'date',
  'timestamp',
  'option',
  'options',
] as const

export type CustomFieldType = (typeof CUSTOM_FIELD_TYPES)[number]

/** One choice of an `option` or `options` field; an archived one stays valid but is no longer offered. */
export interface CustomFieldOption {
  value: string
  label: string
  archived: boolean
}

export interface CustomField {
  key: string
  label: string
  type: CustomFieldType
  options: CustomFieldOption[]
  /** No longer offered; values stay, and programs that know the field may still write it. */
  archived: boolean
}

/** Kinds of objects that have custom fields. */
export const CUSTOMIZABLE = ['lead', 'account'] as const
export type Customizable = (typeof CUSTOMIZABLE)[number]

/** All definitions of a workspace: one document, changed as a whole. */
export type CustomFieldDocument = Record<Customizable, CustomField[]>

export const NO_CUSTOM_FIELDS: CustomFieldDocument = { lead: [], account: [] }

/** The definitions that a write is checked against. */
export interface CustomFieldRules {
  fields: ReadonlyMap<string, CustomField>
  /** True keeps values under keys that nobody has defined. */
  allowUnknown: boolean
}

/** Most fields of one kind of object, and values of one record: a form of this length is never finished. */
export const MAX_CUSTOM_FIELDS = 200
/** Most choices of one field: all countries are 249. */
export const MAX_OPTIONS = 500
/** Most characters of a text value: as much as the longest field of a form may send. */
export const MAX_TEXT_LENGTH = 20_000
/** Most bytes of JSON of an undefined value: definitions are for what is larger. */
export const MAX_UNKNOWN_BYTES = 8_192
/** Levels of an undefined value. */
export const MAX_UNKNOWN_DEPTH = 8

const KEY = /^[a-z][a-z0-9_]{0,63}$/

/** Whether a text can be the key of a custom field. */
export function isCustomFieldKey(text: string): boolean {
  return KEY.test(text)
}

/** The rules of one kind of object. */
export function customFieldRules(fields: readonly CustomField[], allowUnknown: boolean): CustomFieldRules {
  return { fields: new Map(fields.map((field) => [field.key, field])), allowUnknown }
}

/** The definitions as the condition language wants them. */
export function toConditionFields(fields: readonly CustomField[]): CustomFieldDefinition[] {
  return fields.map(({ key, type, options }) => ({
    key,
    type,
    ...(options.length > 0 && { options: options.map((option) => option.value) }),
  }))
}
