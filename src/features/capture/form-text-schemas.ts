/** Shapes of what a form says on the wire: its texts, its consents, and both in further locales. */
import { Type } from 'typebox'
import { CONSENT_CHANNELS } from '../../domain/consent.ts'
import { allOptional, component, Flag, input, List, OpenEnum, ref, Slug, Text, TextMap } from '../../http/schema.ts'
import { FormOption, FormOptionUpdate, fieldFields, optionsOf } from './form-field-schemas.ts'

/** The tag of a language, as BCP 47 writes it. */
export const Locale = (description: string, example: string) =>
  Type.String({
    pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$',
    maxLength: 35,
    description: `${description} (BCP 47).`,
    examples: [example],
  })

const consentFields = {
  key: Slug({ description: 'Key of the consent; its input is called `consent.<key>`.', examples: ['newsletter'] }),
  purpose: Slug({ description: 'What the person agrees to.', examples: ['marketing'] }),
  channel: OpenEnum(CONSENT_CHANNELS, { description: 'How they may be contacted.', examples: ['email'] }),
  text: Text(2000, {
    minLength: 1,
    description: 'The exact wording; the ledger keeps its SHA-256.',
    examples: ['Yes, send me news by e-mail. I can stop this at any time.'],
  }),
}
const consentRequired = Flag({ description: 'Refuse a submission without it.', examples: [false] })

export const FormConsentSchema = component(
  'FormConsent',
  'A consent that the form asks for, with a check box of its own.',
  {
    ...consentFields,
    required: consentRequired,
  },
)
export const FormConsentUpdate = input('FormConsentUpdate', 'A consent that the form asks for.', {
  ...consentFields,
  required: Type.Optional(consentRequired),
})

const textsFields = {
  label: fieldFields.label,
  placeholder: fieldFields.placeholder,
  help: fieldFields.help,
}
const FieldTextsSchema = component('FieldTexts', 'Texts of one field; an empty one falls back to the default locale.', {
  name: fieldFields.name,
  ...textsFields,
  options: optionsOf(FormOption),
})
const FieldTextsUpdate = input('FieldTextsUpdate', 'Texts of one field in another locale.', {
  name: fieldFields.name,
  ...allOptional(textsFields),
  options: Type.Optional(optionsOf(FormOptionUpdate)),
})

const wordingFields = { key: consentFields.key, text: consentFields.text }
const ConsentTextSchema = component('ConsentText', 'Wording of a consent in one locale.', wordingFields)
const ConsentTextUpdate = input('ConsentTextUpdate', 'Wording of a consent in one locale.', wordingFields)

/** What a form itself says; `formTexts` of a further locale replace them. */
export const formTexts = {
  title: Text(200, { description: 'Heading of the form.', examples: ['Contact us'] }),
  submit_label: Text(100, {
    description: 'Text of the button; empty means the usual word of the locale.',
    examples: ['Send'],
  }),
  success_message: Text(1000, {
    description: 'Shown after success.',
    examples: ['Thank you. We will be in touch today.'],
  }),
  messages: TextMap(100, 500, {
    description: 'Own texts instead of the built-in ones, by message code.',
    examples: [{ required: 'We need this.' }],
  }),
}

export const FormLocaleSchema = component('FormLocale', 'Texts of a form in one further locale.', {
  locale: Locale('Locale of these texts', 'de'),
  ...formTexts,
  fields: List(ref(FieldTextsSchema), 200, { description: 'Texts of fields.', examples: [[]] }),
  consents: List(ref(ConsentTextSchema), 50, { description: 'Wordings of consents.', examples: [[]] }),
})
export const FormLocaleUpdate = input('FormLocaleUpdate', 'Texts in one further locale; only the locale is required.', {
  locale: FormLocaleSchema.properties.locale,
  ...allOptional(formTexts),
  fields: Type.Optional(List(ref(FieldTextsUpdate), 200, { description: 'Texts of fields.', examples: [[]] })),
  consents: Type.Optional(List(ref(ConsentTextUpdate), 50, { description: 'Wordings of consents.', examples: [[]] })),
})
