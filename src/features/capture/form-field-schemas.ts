/** Shapes of the fields of a form on the wire. */
import { Type } from 'typebox'
import { FORM_FIELD_TYPES } from '../../domain/form.ts'
import { allOptional, component, Flag, Int, input, List, Nullable, OpenEnum, ref, Text } from '../../http/schema.ts'

const optionFields = {
  value: Text(500, { description: 'What is submitted.', examples: ['demo'] }),
  label: Text(500, { description: 'What people read.', examples: ['A demo'] }),
}

export const FormOption = component('FormOption', 'One choice of a field.', optionFields)
export const FormOptionUpdate = input('FormOptionUpdate', 'One choice of a field.', optionFields)

/** The choices of a field, or their texts in another locale. */
export const optionsOf = (item: typeof FormOption) =>
  List(ref(item), 500, { description: 'Choices of select and multi_select, else empty.', examples: [[]] })

export const fieldFields = {
  name: Type.String({
    minLength: 1,
    maxLength: 100,
    pattern: '^[A-Za-z][A-Za-z0-9_.-]*$',
    description: 'Name in the submission.',
    examples: ['email'],
  }),
  type: OpenEnum(FORM_FIELD_TYPES, {
    description: 'Kind of value; decides validation and widget.',
    examples: ['email'],
  }),
  label: Text(500, { description: 'What people read beside the field; the name when left out.', examples: ['E-mail'] }),
  placeholder: Text(200, { description: 'Example inside the empty field.', examples: ['you@example.org'] }),
  help: Text(500, { description: 'Sentence below the field.', examples: ['We answer here.'] }),
  required: Flag({ description: 'Refuse a submission without it.' }),
  max_length: Nullable(Int(1, 20_000, { description: 'Most characters; null means 20,000.', examples: [254] })),
  maps_to: Nullable(
    Text(100, {
      description:
        'Lead field or `custom_fields.<key>` that takes the value, or `criteria.<key>`, the qualification criterion that it answers; ' +
        'null keeps it with the submission only.',
      examples: ['email'],
    }),
  ),
  accept: List(Text(100, { description: 'A type.', examples: ['application/pdf'] }), 50, {
    description:
      'Files that a file field takes: media types (`application/pdf`, `image/*`) or extensions (`.pdf`); empty takes any.',
    examples: [['application/pdf']],
  }),
  max_bytes: Nullable(
    Int(1, 104_857_600, {
      description: 'Largest file in bytes; null means the limit of the installation.',
      examples: [5_242_880],
    }),
  ),
  max_files: Int(1, 10, { description: 'Most files of a file field; 1 when left out.', examples: [1] }),
}

export const FormFieldSchema = component('FormField', 'One field of a form.', {
  ...fieldFields,
  options: optionsOf(FormOption),
})

const { name, type, ...optionalFieldFields } = fieldFields
export const FormFieldUpdate = input(
  'FormFieldUpdate',
  'One field; only name and type are required.',
  {
    name,
    type,
    ...allOptional(optionalFieldFields),
    options: Type.Optional(optionsOf(FormOptionUpdate)),
  },
  { examples: [{ name: 'email', type: 'email', label: 'E-mail', required: true, max_length: 254, maps_to: 'email' }] },
)
