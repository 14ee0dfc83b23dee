/** What everybody may see of a form. */
import { Type } from 'typebox'
import { FORM_AVAILABILITIES } from '../../domain/form.ts'
import { CHALLENGES } from '../../domain/spam/spam-settings.ts'
import { component, Flag, Int, List, Nullable, OpenEnum, ref, Text, TextMap } from '../../http/schema.ts'
import { FormFieldSchema, FormOption } from './form-field-schemas.ts'
import { Form } from './form-schemas.ts'

const { maps_to: _, options: _options, ...publicFieldFields } = FormFieldSchema.properties

export const PublicFormField = component('PublicFormField', 'One field of a form, in the locale of the visitor.', {
  ...publicFieldFields,
  options: List(ref(FormOption), 500, { description: 'Choices, else empty.', examples: [[]] }),
  autocomplete: Nullable(
    Text(40, { description: 'Token for the `autocomplete` attribute of the input.', examples: ['email'] }),
  ),
})

export const PublicFormConsent = component('PublicFormConsent', 'A consent to ask for with a check box.', {
  key: Text(64, { description: 'Key of the consent.', examples: ['newsletter'] }),
  name: Text(80, { description: 'Name of the check box.', examples: ['consent.newsletter'] }),
  value: Text(64, {
    description: 'Value of the check box: the SHA-256 of the wording, which proves what was read.',
    examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  }),
  text: Text(2000, { description: 'The wording.', examples: ['Yes, send me news by e-mail.'] }),
  required: Flag({ description: 'Whether the form needs it.', examples: [false] }),
})

export const PublicForm = component('PublicForm', 'What a page needs to render a form in the locale of the visitor.', {
  form_key: Form.properties.form_key,
  version: Form.properties.version,
  locale: Text(35, { description: 'Locale of the texts.', examples: ['en'] }),
  locales: List(Text(35, { description: 'A locale.', examples: ['en'] }), 51, {
    description: 'All locales of the form.',
    examples: [['en', 'de']],
  }),
  availability: OpenEnum(FORM_AVAILABILITIES, {
    description: 'Whether it takes submissions now.',
    examples: ['open'],
  }),
  title: Form.properties.title,
  fields: List(ref(PublicFormField), 200, { description: 'Fields in the order of display.' }),
  consents: List(ref(PublicFormConsent), 50, { description: 'Consents to ask for.' }),
  submit_label: Form.properties.submit_label,
  success_message: Form.properties.success_message,
  messages: TextMap(200, 500, {
    description:
      'Every sentence that a page needs, by message code: the usual ones of the locale, and those that the form has instead. ' +
      'A fault of a field is told by its code, else by the type of the field, else by `invalid`.',
    examples: [{ required: 'Please fill in this field.', email: 'Please enter an e-mail address.' }],
  }),
  theme: Form.properties.theme,
  submit_path: Form.properties.submit_path,
  honeypot_field: Text(64, { description: 'Name of the input that people must not see.', examples: ['_hp'] }),
  timing_token: Text(100, {
    description: 'Send it back as `_token`: it says when the form was rendered. Good once.',
    examples: ['t1.AZq4rK0hJt3mVwXyZ0AbCdEfGhIjKlMnOpQrStUv.AbCdEfGhIjKlMnOpQrStUv'],
  }),
  token_lifetime_seconds: Int(60, 604_800, { description: 'How long the token is good.', examples: [86_400] }),
  challenge: OpenEnum(CHALLENGES, {
    description:
      'What to solve. `proof_of_work`: send as `_pow` a decimal number for which SHA-256 of `<timing_token>.<number>` starts with so many zero bits. ' +
      'The others: render the widget of that name; its response travels in the field that it makes, or as `_challenge`.',
    examples: ['none'],
  }),
  challenge_site_key: Nullable(Text(200, { description: 'Public key of the widget.', examples: [null] })),
  proof_of_work_bits: Nullable(
    Int(8, 22, { description: 'Leading zero bits, null unless a proof of work is asked for.', examples: [null] }),
  ),
})

/** Query parameter that beats Accept-Language. */
export const LocaleParameter = Type.Optional(
  Type.String({
    pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$',
    maxLength: 35,
    description: 'Locale of the texts; without it the best of Accept-Language, else the default of the form.',
    examples: ['de'],
  }),
)
