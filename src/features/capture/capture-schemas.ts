/** Shapes of forms and submissions on the wire. */
import { type Static, Type } from 'typebox'
import { FORM_FIELD_TYPES, type FormDefinition } from '../../domain/form.ts'
import { SUBMISSION_STATES } from '../../domain/submission.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { etagOf } from '../../http/etag.ts'
import {
  component,
  Flag,
  FreeMap,
  Id,
  Int,
  input,
  List,
  mapComponent,
  Nullable,
  OpenEnum,
  pageOf,
  ref,
  Slug,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import type { AddressedForm } from './form-address.ts'
import type { FormRow } from './form-queries.ts'
import type { StoredSubmission } from './submission-queries.ts'

export const FormOption = component('FormOption', 'One choice of a field.', {
  value: Text(500, { description: 'What is submitted.', examples: ['demo'] }),
  label: Text(500, { description: 'What people read.', examples: ['A demo'] }),
})

export const FormFieldSchema = component('FormField', 'One field of a form.', {
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
  label: Text(500, { description: 'What people read beside the field.', examples: ['E-mail'] }),
  required: Flag({ description: 'Refuse a submission without it.' }),
  max_length: Nullable(Int(1, 20_000, { description: 'Most characters; null means 20,000.', examples: [254] })),
  options: List(ref(FormOption), 500, {
    description: 'Choices of select and multi_select, else empty.',
    examples: [[]],
  }),
  maps_to: Nullable(
    Text(100, {
      description: 'Lead field or `custom_fields.<key>` that takes the value; null keeps it with the submission only.',
      examples: ['email'],
    }),
  ),
})

const definitionFields = {
  title: Text(200, { description: 'Heading of the form.', examples: ['Contact us'], minLength: 1 }),
  status: OpenEnum(['active', 'disabled'], {
    description: 'A disabled form refuses submissions.',
    examples: ['active'],
  }),
  fields: List(ref(FormFieldSchema), 200, { description: 'Fields in the order of display.', minItems: 1 }),
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
  success_message: Text(1000, {
    description: 'Shown after success.',
    examples: ['Thank you. We will be in touch today.'],
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
  ...definitionFields,
  etag: Text(40, { description: 'Send it as If-Match to change this version.', examples: ['"v3"'] }),
  created_at: Timestamp({ description: 'When it was made.' }),
  updated_at: Timestamp({ description: 'When this version was published.' }),
})

export const FormFieldUpdate = input('FormFieldUpdate', 'One field; only name and type are required.', {
  name: FormFieldSchema.properties.name,
  type: FormFieldSchema.properties.type,
  label: Type.Optional(FormFieldSchema.properties.label),
  required: Type.Optional(FormFieldSchema.properties.required),
  max_length: Type.Optional(FormFieldSchema.properties.max_length),
  options: Type.Optional(FormFieldSchema.properties.options),
  maps_to: Type.Optional(FormFieldSchema.properties.maps_to),
})

export const FormUpdate = input('FormUpdate', 'The whole definition; parts that are left out take their defaults.', {
  title: definitionFields.title,
  status: Type.Optional(definitionFields.status),
  fields: List(ref(FormFieldUpdate), 200, { description: 'Fields in the order of display.', minItems: 1 }),
  allowed_origins: Type.Optional(definitionFields.allowed_origins),
  success_url: Type.Optional(definitionFields.success_url),
  allowed_redirects: Type.Optional(definitionFields.allowed_redirects),
  success_message: Type.Optional(definitionFields.success_message),
  default_source_key: Type.Optional(definitionFields.default_source_key),
  default_campaign_key: Type.Optional(definitionFields.default_campaign_key),
  default_country: Type.Optional(definitionFields.default_country),
})

export const FormPage = pageOf('FormPage', 'A page of forms.', Form)

export const PublicForm = component('PublicForm', 'What a page needs to render a form.', {
  form_key: Form.properties.form_key,
  title: definitionFields.title,
  version: Form.properties.version,
  fields: definitionFields.fields,
  success_message: definitionFields.success_message,
  submit_path: Form.properties.submit_path,
})

export const SubmissionFields = mapComponent('SubmissionFields', 1000, {
  description:
    'Fields by name. Names that the form does not know are kept too. Reserved: `_redirect`, `_page_url`, `_referrer`, `_visitor_id`, `_language`; `utm_*` and click ids are taken as attribution.',
  examples: [
    { email: 'ada@example.org', full_name: 'Ada Lovelace', message: 'Please call me.', utm_source: 'newsletter' },
  ],
})

export const SubmissionReceipt = component('SubmissionReceipt', 'The submission is stored durably.', {
  submission_id: Id('submission', { description: 'Id of the submission; the same for a repeated one.' }),
  state: OpenEnum(SUBMISSION_STATES, {
    description: 'State when this was answered; `Prefer: wait=N` waits for an end.',
    examples: ['received'],
  }),
  message: Text(1000, {
    description: 'Text to show to the visitor.',
    examples: ['Thank you. We will be in touch today.'],
  }),
  redirect_url: Nullable(Text(2000, { description: 'Where to send the visitor, if anywhere.', examples: [null] })),
  outcome: Nullable(
    Text(64, {
      description: '`created`, `updated` or `unchanged`; only for calls with a secret key, and once processed.',
      examples: [null],
    }),
  ),
  lead_id: Nullable(
    Id('lead', { description: 'The lead; only for calls with a secret key, and once processed.', examples: [null] }),
  ),
})

export const StoredFileInfo = component('StoredFileInfo', 'A file that came with a submission.', {
  file_id: Id('file', { description: 'Id of the file.' }),
  field_name: Text(100, { description: 'Field of the form.', examples: ['brief'] }),
  file_name: Text(300, { description: 'Name that the visitor gave; never used as a path.', examples: ['brief.pdf'] }),
  content_type: Text(200, { description: 'Media type that the visitor claimed.', examples: ['application/pdf'] }),
  size_bytes: Int(0, 2_147_483_647, { description: 'Size in bytes.', examples: [48_213] }),
})

export const SubmissionOrigin = component('SubmissionOrigin', 'What came with the fields.', {
  ip_prefix: Nullable(
    Text(64, {
      description: 'Network of the visitor (/24 or /48), never the full address.',
      examples: ['203.0.113.0/24'],
    }),
  ),
  user_agent: Nullable(Text(500, { description: 'Browser.', examples: ['Mozilla/5.0'] })),
  origin: Nullable(Text(300, { description: 'Origin of the page.', examples: ['https://shop.test'] })),
  referrer: Nullable(Text(2000, { description: 'Page before.', examples: ['https://search.test/'] })),
  page_url: Nullable(Text(2000, { description: 'Page of the form.', examples: ['https://shop.test/contact'] })),
  language: Nullable(Text(64, { description: 'Language of the visitor.', examples: ['en'] })),
  visitor_id: Nullable(Text(200, { description: 'Visitor id of the page.', examples: [null] })),
  attribution: FreeMap(100, { description: 'utm_* and click ids.', examples: [{ utm_source: 'newsletter' }] }),
})

export const FormSubmission = component('FormSubmission', 'A raw submission as received, and what became of it.', {
  id: Id('submission', { description: 'Id.' }),
  form_key: Form.properties.form_key,
  form_version: Int(1, 2_147_483_647, { description: 'Version of the form that received it.', examples: [3] }),
  state: OpenEnum(SUBMISSION_STATES, { description: 'Where it stands.', examples: ['processed'] }),
  outcome: Nullable(
    Text(64, { description: '`created`, `updated`, `unchanged`, `failed` or `postponed`.', examples: ['created'] }),
  ),
  reasons: List(Text(300, { description: 'A reason.', examples: ['phone: not_a_number'] }), 50, {
    description: 'Why it ended so, and what could not be normalized.',
    examples: [[]],
  }),
  lead_id: Nullable(Id('lead', { description: 'The lead that it made or changed.' })),
  receipt_id: Nullable(Id('receipt', { description: 'Receipt of the decision.' })),
  fields: FreeMap(1000, { description: 'The fields exactly as sent.', examples: [{ email: 'ada@example.org' }] }),
  files: List(ref(StoredFileInfo), 50, { description: 'Files that came along.', examples: [[]] }),
  origin: ref(SubmissionOrigin),
  attempts: Int(0, 1000, { description: 'How often the pipeline tried.', examples: [1] }),
  received_at: Timestamp({ description: 'When it was stored.' }),
  processed_at: Nullable(Timestamp({ description: 'When it reached its end.' })),
})

export const FormSubmissionPage = pageOf('FormSubmissionPage', 'A page of submissions, newest first.', FormSubmission)

/** The wire form of a stored form. */
export function toForm(row: FormRow) {
  return {
    id: encodeTypeId('form', row.id),
    form_key: row.form_key,
    public_key: row.public_key,
    submit_path: submitPath(row.public_key),
    version: row.version,
    ...row.definition,
    etag: etagOf(row.version),
    created_at: row.created_at,
    updated_at: row.updated_at,
  }
}

/** The part of a form that everybody may see. */
export function toPublicForm(form: AddressedForm) {
  const { title, fields, success_message } = form.definition
  return {
    form_key: form.form_key,
    title,
    version: form.version,
    fields,
    success_message,
    submit_path: submitPath(form.public_key),
  }
}

const submitPath = (publicKey: string) => `/v1/public/forms/${publicKey}/submissions`

/** A definition with its defaults filled in. */
export function toDefinition(update: Static<typeof FormUpdate>): FormDefinition {
  return {
    title: update.title,
    status: update.status ?? 'active',
    fields: update.fields.map((field) => ({
      name: field.name,
      type: field.type,
      label: field.label ?? field.name,
      required: field.required ?? false,
      max_length: field.max_length ?? null,
      options: field.options ?? [],
      maps_to: field.maps_to ?? null,
    })),
    allowed_origins: update.allowed_origins ?? [],
    success_url: update.success_url ?? null,
    allowed_redirects: update.allowed_redirects ?? [],
    success_message: update.success_message ?? 'Thank you.',
    default_source_key: update.default_source_key ?? null,
    default_campaign_key: update.default_campaign_key ?? null,
    default_country: update.default_country ?? null,
  }
}

/** The wire form of a stored submission. */
export function toFormSubmission(row: StoredSubmission) {
  const { files = [], attribution = {}, ...origin } = row.context
  return {
    id: encodeTypeId('submission', row.id),
    form_key: row.form_key,
    form_version: row.form_version,
    state: row.state,
    outcome: row.outcome,
    reasons: row.reasons ?? [],
    lead_id: row.lead_id === null ? null : encodeTypeId('lead', row.lead_id),
    receipt_id: row.receipt_id === null ? null : encodeTypeId('receipt', row.receipt_id),
    fields: row.payload,
    files: files.map((file) => ({ ...file, file_id: encodeTypeId('file', file.file_id) })),
    origin: { ...NO_ORIGIN, ...origin, attribution },
    attempts: row.attempt,
    received_at: row.received_at,
    processed_at: row.processed_at,
  }
}

const NO_ORIGIN = {
  ip_prefix: null,
  user_agent: null,
  origin: null,
  referrer: null,
  page_url: null,
  language: null,
  visitor_id: null,
}
