/** Shapes of form definitions on the wire. */
import { type Static, type TOptional, type TSchema, Type } from 'typebox'
import { CONSENT_CHANNELS } from '../../domain/consent.ts'
import { completeDefinition, FORM_FIELD_TYPES, type FormDefinition, type PartialDefinition } from '../../domain/form.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { etagOf } from '../../http/etag.ts'
import {
  component,
  Flag,
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
import type { FormRow, FormVersionRow } from './form-queries.ts'
import { SpamSettingsSchema, SpamSettingsUpdate } from './spam-schemas.ts'

const optionFields = {
  value: Text(500, { description: 'What is submitted.', examples: ['demo'] }),
  label: Text(500, { description: 'What people read.', examples: ['A demo'] }),
}

export const FormOption = component('FormOption', 'One choice of a field.', optionFields)
const FormOptionUpdate = input('FormOptionUpdate', 'One choice of a field.', optionFields)

const options = (item: typeof FormOption) =>
  List(ref(item), 500, { description: 'Choices of select and multi_select, else empty.', examples: [[]] })

const Locale = (description: string, example: string) =>
  Type.String({
    pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$',
    maxLength: 35,
    description: `${description} (BCP 47).`,
    examples: [example],
  })

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
      description: 'Lead field or `custom_fields.<key>` that takes the value; null keeps it with the submission only.',
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
  options: options(FormOption),
})

const { name, type, ...optionalFieldFields } = fieldFields
const FormFieldUpdate = input(
  'FormFieldUpdate',
  'One field; only name and type are required.',
  {
    name,
    type,
    ...optional(optionalFieldFields),
    options: Type.Optional(options(FormOptionUpdate)),
  },
  { examples: [{ name: 'email', type: 'email', label: 'E-mail', required: true, max_length: 254, maps_to: 'email' }] },
)

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

const FormConsentSchema = component('FormConsent', 'A consent that the form asks for, with a check box of its own.', {
  ...consentFields,
  required: consentRequired,
})
const FormConsentUpdate = input('FormConsentUpdate', 'A consent that the form asks for.', {
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
  options: options(FormOption),
})
const FieldTextsUpdate = input('FieldTextsUpdate', 'Texts of one field in another locale.', {
  name: fieldFields.name,
  ...optional(textsFields),
  options: Type.Optional(options(FormOptionUpdate)),
})

const wordingFields = { key: consentFields.key, text: consentFields.text }
const ConsentTextSchema = component('ConsentText', 'Wording of a consent in one locale.', wordingFields)
const ConsentTextUpdate = input('ConsentTextUpdate', 'Wording of a consent in one locale.', wordingFields)

const texts = {
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

const FormLocaleSchema = component('FormLocale', 'Texts of a form in one further locale.', {
  locale: Locale('Locale of these texts', 'de'),
  ...texts,
  fields: List(ref(FieldTextsSchema), 200, { description: 'Texts of fields.', examples: [[]] }),
  consents: List(ref(ConsentTextSchema), 50, { description: 'Wordings of consents.', examples: [[]] }),
})
const FormLocaleUpdate = input('FormLocaleUpdate', 'Texts in one further locale; only the locale is required.', {
  locale: FormLocaleSchema.properties.locale,
  ...optional(texts),
  fields: Type.Optional(List(ref(FieldTextsUpdate), 200, { description: 'Texts of fields.', examples: [[]] })),
  consents: Type.Optional(List(ref(ConsentTextUpdate), 50, { description: 'Wordings of consents.', examples: [[]] })),
})

const definitionFields = {
  status: OpenEnum(['active', 'disabled'], {
    description:
      'A disabled form refuses submissions. That is also how a form is retired: its submissions stay readable.',
    examples: ['active'],
  }),
  submit_label: texts.submit_label,
  success_message: texts.success_message,
  messages: texts.messages,
  default_locale: Locale('Locale of the texts of the definition; `en` when left out', 'en'),
  publish_from: Nullable(
    Timestamp({ description: 'Takes submissions from this moment; null means at once.', examples: [null] }),
  ),
  publish_until: Nullable(
    Timestamp({
      description: 'Takes submissions until just before this moment; null means for ever.',
      examples: [null],
    }),
  ),
  allowed_origins: List(Text(300, { description: 'An origin.', examples: ['https://shop.test'] }), 100, {
    description: 'Origins whose pages may submit, exactly as a browser sends them; empty allows every page.',
    examples: [['https://shop.test']],
  }),
  success_url: Nullable(
    Text(2000, { description: 'Where a native form goes after success.', examples: ['https://shop.test/thanks'] }),
  ),
  allowed_redirects: List(Text(2000, { description: 'A URL.', examples: ['https://shop.test/thanks'] }), 100, {
    description: 'Further URLs that a submission may name in `_redirect`.',
    examples: [[]],
  }),
  default_source_key: Nullable(
    Slug({ description: 'Source of leads; null takes utm_source, else `website`.', examples: ['website'] }),
  ),
  default_campaign_key: Nullable(
    Slug({ description: 'Campaign of leads; null takes utm_campaign.', examples: ['spring'] }),
  ),
  default_country: Nullable(
    Type.String({
      pattern: '^[A-Z]{2}$',
      maxLength: 2,
      description: 'ISO 3166-1 alpha-2 for phone numbers and leads that name none.',
      examples: ['DE'],
    }),
  ),
  theme: TextMap(50, 100, {
    description: 'CSS variables (`--lw-…`) of the hosted page and the embedded form; values cannot load anything.',
    examples: [{ '--lw-accent': '#0b5fff' }],
  }),
}

const title = Text(200, { description: 'Heading of the form.', examples: ['Contact us'], minLength: 1 })

const fullDefinition = {
  title,
  fields: List(ref(FormFieldSchema), 200, { description: 'Fields in the order of display.', minItems: 1 }),
  ...definitionFields,
  locales: List(ref(FormLocaleSchema), 50, { description: 'Texts in further locales.', examples: [[]] }),
  consents: List(ref(FormConsentSchema), 50, { description: 'Consents that the form asks for.', examples: [[]] }),
  spam: ref(SpamSettingsSchema),
}

export const Form = component('Form', 'A form: versioned data that says what may be sent and where it goes.', {
  id: Id('form', { description: 'Id of the form, as in the change feed.' }),
  form_key: Slug({ description: 'Key that you chose.', examples: ['contact'] }),
  public_key: Text(64, {
    description: 'Random address for public use; unique everywhere.',
    examples: ['Fb0XzvJ2mQ8sK1pT4yR6wN3aU'],
  }),
  submit_path: Text(300, {
    description: 'Path to submit to.',
    examples: ['/v1/public/forms/Fb0XzvJ2mQ8sK1pT4yR6wN3aU/submissions'],
  }),
  version: Int(1, 2_147_483_647, { description: 'Grows with every change.', examples: [3] }),
  ...fullDefinition,
  has_challenge_secret: Flag({
    description: 'Whether a secret for the verifier of the challenge is stored.',
    examples: [false],
  }),
  etag: Text(40, { description: 'Send it as If-Match to change this version.', examples: ['"v3"'] }),
  created_at: Timestamp({ description: 'When it was made.' }),
  updated_at: Timestamp({ description: 'When this version was published.' }),
})

export const FormUpdate = input('FormUpdate', 'The whole definition; parts that are left out take their defaults.', {
  title,
  fields: List(ref(FormFieldUpdate), 200, { description: 'Fields in the order of display.', minItems: 1 }),
  ...optional(definitionFields),
  locales: Type.Optional(List(ref(FormLocaleUpdate), 50, { description: 'Texts in further locales.', examples: [[]] })),
  consents: Type.Optional(
    List(ref(FormConsentUpdate), 50, { description: 'Consents that the form asks for.', examples: [[]] }),
  ),
  spam: Type.Optional(ref(SpamSettingsUpdate)),
  challenge_secret: Type.Optional(
    Nullable(
      Text(500, {
        minLength: 1,
        description:
          'Secret for the verifier of the challenge. Stored encrypted and never shown again; left out it stays, null removes it.',
        examples: [null],
      }),
    ),
  ),
})

export const FormPage = pageOf('FormPage', 'A page of forms.', Form)

export const FormVersion = component('FormVersion', 'A form as it was under one version number.', {
  form_key: Form.properties.form_key,
  version: Form.properties.version,
  ...fullDefinition,
  actor: Text(100, { description: 'Who published it.', examples: ['key_01k8r5x4q3e7vb2c9m6h0n1d5s'] }),
  created_at: Timestamp({ description: 'When it was published.' }),
})

export const FormVersionPage = pageOf('FormVersionPage', 'A page of versions, newest first.', FormVersion)

/** The same properties, each of which may be left out. */
function optional<P extends Record<string, TSchema>>(properties: P) {
  const entries = Object.entries(properties).map(([key, schema]) => [key, Type.Optional(schema)])
  // fromEntries forgets which key has which schema.
  return Object.fromEntries(entries) as { [K in keyof P]: TOptional<P[K]> }
}

/** The wire form of a stored form. */
export function toForm(row: FormRow) {
  return {
    id: encodeTypeId('form', row.id),
    form_key: row.form_key,
    public_key: row.public_key,
    submit_path: submitPath(row.public_key),
    version: row.version,
    ...row.definition,
    has_challenge_secret: row.has_challenge_secret,
    etag: etagOf(row.version),
    created_at: row.created_at,
    updated_at: row.updated_at,
  }
}

/** The wire form of one version. */
export function toFormVersion({ definition, ...row }: FormVersionRow) {
  return { ...row, ...definition }
}

/** Where a form is submitted to. */
export const submitPath = (publicKey: string) => `/v1/public/forms/${publicKey}/submissions`

/** A definition with its defaults filled in. */
export function toDefinition({ challenge_secret: _, ...update }: Static<typeof FormUpdate>): FormDefinition {
  // Optional properties of the schema are never undefined after parsing JSON, which the static type cannot say.
  const definition = completeDefinition(update as PartialDefinition)
  return {
    ...definition,
    publish_from: toUtc(definition.publish_from),
    publish_until: toUtc(definition.publish_until),
  }
}

/** The moment in UTC with milliseconds; what is no real moment stays as it is, for the check of the definition to name. */
function toUtc(moment: string | null): string | null {
  const time = moment === null ? Number.NaN : Date.parse(moment)
  return Number.isNaN(time) ? moment : new Date(time).toISOString()
}
