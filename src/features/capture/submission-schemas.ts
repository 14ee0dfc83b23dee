/** Shapes of submissions on the wire. */
import { SUBMISSION_STATES } from '../../domain/submission.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import {
  component,
  FreeMap,
  Id,
  Int,
  List,
  mapComponent,
  Nullable,
  NullableRef,
  OpenEnum,
  pageOf,
  ref,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import { Form } from './form-schemas.ts'
import { SpamVerdictSchema } from './spam-schemas.ts'
import type { StoredSubmission } from './submission-queries.ts'

export const SubmissionFields = mapComponent('SubmissionFields', 1000, {
  description:
    'Fields by name. Names that the form does not know are kept too. `consent.<key>` is a consent. Reserved: `_redirect`, `_page_url`, `_landing_page`, ' +
    '`_referrer`, `_visitor_id`, `_language`, `_token`, `_pow`, `_challenge`; `utm_*` and click ids are taken as attribution.',
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
  landing_page: Nullable(
    Text(2000, { description: 'First page of the visit.', examples: ['https://shop.test/?utm_source=newsletter'] }),
  ),
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
    Text(64, {
      description: '`created`, `updated`, `unchanged`, `quarantined`, `failed` or `postponed`.',
      examples: ['created'],
    }),
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
  spam: NullableRef(SpamVerdictSchema, 'What spoke against it; null when nothing did.'),
  released_by: Nullable(Text(100, { description: 'Who released it from quarantine.', examples: [null] })),
  attempts: Int(0, 1000, { description: 'How often the pipeline tried.', examples: [1] }),
  received_at: Timestamp({ description: 'When it was stored.' }),
  processed_at: Nullable(Timestamp({ description: 'When it reached its end.' })),
})

export const FormSubmissionPage = pageOf('FormSubmissionPage', 'A page of submissions, newest first.', FormSubmission)

/** The wire form of a stored submission. */
export function toFormSubmission(row: StoredSubmission) {
  const { files = [], attribution = {}, evidence: _, ...origin } = row.context
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
    spam: row.spam === null ? null : { verdict: row.spam.verdict, score: row.spam.score, reasons: row.spam.reasons },
    released_by: row.released_by,
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
  landing_page: null,
  page_url: null,
  language: null,
  visitor_id: null,
}
