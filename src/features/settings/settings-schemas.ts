/** Shapes of the definitions of custom fields on the wire. */
import { Type } from 'typebox'
import { CUSTOM_FIELD_TYPES, CUSTOMIZABLE, MAX_CUSTOM_FIELDS, MAX_OPTIONS } from '../../domain/custom-field.ts'
import { component, Flag, Int, input, List, Nullable, OpenEnum, ref, Text, Timestamp } from '../../http/schema.ts'

const option = {
  value: Text(200, { description: 'What is stored; never changes.', examples: ['demo'], minLength: 1 }),
  label: Text(200, { description: 'What people read.', examples: ['A demo'] }),
  archived: Flag({ description: 'True keeps it valid but no longer offers it.', examples: [false] }),
}

const key = Type.String({
  pattern: '^[a-z][a-z0-9_]{0,63}$',
  maxLength: 64,
  description: 'Name of the field in `custom_fields`; never changes.',
  examples: ['interest'],
})

const type = OpenEnum(CUSTOM_FIELD_TYPES, {
  description:
    'What values look like: `date` is YYYY-MM-DD, `timestamp` RFC 3339, `option` one option, `options` a list of them.',
  examples: ['option'],
})

const field = {
  key,
  label: Text(200, { description: 'What people read.', examples: ['Interest'] }),
  type,
  options: List(ref(component('CustomFieldOption', 'A choice.', option)), MAX_OPTIONS, {
    description: 'Choices of `option` and `options`, else empty.',
  }),
  archived: Flag({ description: 'True keeps its values but no longer offers it.', examples: [false] }),
}

export const CustomFieldSchema = component('CustomField', 'A field of your own.', field)

const document = {
  lead: List(ref(CustomFieldSchema), MAX_CUSTOM_FIELDS, { description: 'Fields of leads.' }),
  account: List(ref(CustomFieldSchema), MAX_CUSTOM_FIELDS, { description: 'Fields of accounts.' }),
}

export const CustomFieldSettings = component('CustomFieldSettings', 'All definitions of custom fields.', {
  ...document,
  version: Int(1, 2_147_483_647, { description: 'Grows with every change.', examples: [1] }),
  etag: Text(40, { description: 'Send it as If-Match to change this version.', examples: ['"v1"'] }),
  updated_at: Nullable(Timestamp({ description: 'When it last changed; null when nobody ever changed it.' })),
})

const CustomFieldOptionInput = input('CustomFieldOptionInput', 'A choice; only its value is required.', {
  value: option.value,
  label: Type.Optional(option.label),
  archived: Type.Optional(option.archived),
})

const CustomFieldInput = input('CustomFieldInput', 'A field; only key and type are required.', {
  key,
  type,
  label: Type.Optional(field.label),
  options: Type.Optional(
    List(ref(CustomFieldOptionInput), MAX_OPTIONS, { description: 'Choices of `option` and `options`.' }),
  ),
  archived: Type.Optional(field.archived),
})

const CustomFieldReplacement = input('CustomFieldReplacement', 'What becomes of values whose field or option goes.', {
  object: OpenEnum(CUSTOMIZABLE, { description: 'Kind of record.' }),
  key,
  option: Type.Optional(
    Nullable(Text(200, { description: 'The option that goes; null when the whole field goes.', examples: [null] })),
  ),
  replace_with: Nullable(
    Text(200, {
      description: 'Key of the field, or the option, that takes the values; null drops them.',
      examples: ['topic'],
    }),
  ),
})

export const CustomFieldSettingsUpdate = input('CustomFieldSettingsUpdate', 'The whole document.', {
  lead: List(ref(CustomFieldInput), MAX_CUSTOM_FIELDS, { description: 'All fields of leads.' }),
  account: List(ref(CustomFieldInput), MAX_CUSTOM_FIELDS, { description: 'All fields of accounts.' }),
  replacements: Type.Optional(
    List(ref(CustomFieldReplacement), 100, { description: 'For fields and options that are left out but still used.' }),
  ),
})
