/** Shapes of form definitions on the wire. */
import { type Static, Type } from 'typebox'
import { completeDefinition, type FormDefinition, type PartialDefinition } from '../../domain/form.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { etagOf } from '../../http/etag.ts'
import {
  allOptional,
  component,
  Flag,
  Id,
  Int,
  input,
  List,
  Nullable,
  NullableRef,
  OpenEnum,
  pageOf,
  ref,
  Slug,
  Text,
  TextMap,
  Timestamp,
} from '../../http/schema.ts'
import { FormFieldSchema, FormFieldUpdate } from './form-field-schemas.ts'
import type { FormRow, FormVersionRow } from './form-queries.ts'
import {
  FormConsentSchema,
  FormConsentUpdate,
  FormLocaleSchema,
  FormLocaleUpdate,
  formTexts,
  Locale,
} from './form-text-schemas.ts'
import { FormQuiz, FormQuizUpdate } from './quiz-schemas.ts'
import { SpamSettingsSchema, SpamSettingsUpdate } from './spam-schemas.ts'

const definitionFields = {
  status: OpenEnum(['active', 'disabled'], {
    description:
      'A disabled form refuses submissions. That is also how a form is retired: its submissions stay readable.',
    examples: ['active'],
  }),
  submit_label: formTexts.submit_label,
  success_message: formTexts.success_message,
  messages: formTexts.messages,
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
  quiz: NullableRef(FormQuiz, 'Answers that are worth points; null when there are none.'),
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
  ...allOptional(definitionFields),
  locales: Type.Optional(List(ref(FormLocaleUpdate), 50, { description: 'Texts in further locales.', examples: [[]] })),
  consents: Type.Optional(
    List(ref(FormConsentUpdate), 50, { description: 'Consents that the form asks for.', examples: [[]] }),
  ),
  spam: Type.Optional(ref(SpamSettingsUpdate)),
  quiz: Type.Optional(NullableRef(FormQuizUpdate, 'Answers that are worth points; null or left out: none.')),
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
