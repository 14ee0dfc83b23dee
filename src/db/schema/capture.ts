/** Forms and raw intake. Written by: features/capture (definitions, intake), pipeline (state of a submission). */
import { sql } from 'drizzle-orm'
import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { FormDefinition } from '../../domain/form.ts'
import type { SpamRecord } from '../../domain/spam/decide-spam.ts'
import type { SubmissionContext, SubmissionPayload, SubmissionState } from '../../domain/submission.ts'
import { bytea } from './bytea.ts'
import { moment, workspaceId } from './columns.ts'

/** The current version of each form. */
export const forms = pgTable(
  'forms',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    form_key: text('form_key').notNull(),
    public_key: text('public_key').notNull(),
    version: integer('version').notNull(),
    definition: jsonb('definition').$type<FormDefinition>().notNull(),
    created_at: moment('created_at').notNull(),
    updated_at: moment('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.form_key] })],
)

/** Every version that ever was: a submission is read with the version that received it, for ever. */
export const formVersions = pgTable(
  'form_versions',
  {
    workspace_id: workspaceId(),
    form_key: text('form_key').notNull(),
    version: integer('version').notNull(),
    definition: jsonb('definition').$type<FormDefinition>().notNull(),
    actor: text('actor').notNull(),
    created_at: moment('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.form_key, t.version] }),
    foreignKey({ columns: [t.workspace_id, t.form_key], foreignColumns: [forms.workspace_id, forms.form_key] }),
  ],
)

/**
 * Raw submissions as received; the row is also the work mark of the pipeline (state, due_at, lease, attempt).
 * `dedupe_a` and `dedupe_b` hold the idempotency key, or the content hash in two half-overlapping windows.
 */
export const formSubmissions = pgTable(
  'form_submissions',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    form_key: text('form_key').notNull(),
    form_version: integer('form_version').notNull(),
    dedupe_a: uuid('dedupe_a').notNull(),
    dedupe_b: uuid('dedupe_b').notNull(),
    content_hash: uuid('content_hash').notNull(),
    payload: jsonb('payload').$type<SubmissionPayload>().notNull(),
    context: jsonb('context').$type<SubmissionContext>().notNull(),
    state: text('state').$type<SubmissionState>().notNull(),
    received_at: moment('received_at').notNull(),
    due_at: moment('due_at').notNull(),
    lease_until: moment('lease_until'),
    attempt: integer('attempt').notNull(),
    processed_at: moment('processed_at'),
    lead_id: uuid('lead_id'),
    outcome: text('outcome'),
    reasons: jsonb('reasons').$type<string[]>(),
    receipt_id: uuid('receipt_id'),
    /** Facts and verdict of the spam decision; null when nothing spoke against the submission. */
    spam: jsonb('spam').$type<SpamRecord>(),
    /** Who took it out of quarantine: from then on the spam decision has no say. */
    released_by: text('released_by'),
    released_at: moment('released_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    uniqueIndex('form_submissions_dedupe_a_uq').on(t.workspace_id, t.dedupe_a),
    uniqueIndex('form_submissions_dedupe_b_uq').on(t.workspace_id, t.dedupe_b),
    index('form_submissions_due_ix').on(t.workspace_id, t.received_at).where(sql`state = 'received'`),
    index('form_submissions_lead_ix').on(t.workspace_id, t.lead_id).where(sql`lead_id is not null`),
    index('form_submissions_quarantine_ix').on(t.workspace_id, t.id).where(sql`state = 'quarantined'`),
  ],
)

/** Bytes of uploaded files, apart from the payload, which names them only. */
export const submissionFiles = pgTable(
  'submission_files',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    submission_id: uuid('submission_id').notNull(),
    field_name: text('field_name').notNull(),
    file_name: text('file_name').notNull(),
    content_type: text('content_type').notNull(),
    size_bytes: integer('size_bytes').notNull(),
    sha256: bytea('sha256').notNull(),
    content: bytea('content').notNull(),
    created_at: moment('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index('submission_files_submission_ix').on(t.workspace_id, t.submission_id),
    foreignKey({
      columns: [t.workspace_id, t.submission_id],
      foreignColumns: [formSubmissions.workspace_id, formSubmissions.id],
    }),
  ],
)

/** Secrets of a form, sealed (domain/sealed-secret.ts); apart from the definition, which everybody in the workspace reads. */
export const formSecrets = pgTable(
  'form_secrets',
  {
    workspace_id: workspaceId(),
    form_key: text('form_key').notNull(),
    challenge_secret: bytea('challenge_secret').notNull(),
    updated_at: moment('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.form_key] }),
    foreignKey({ columns: [t.workspace_id, t.form_key], foreignColumns: [forms.workspace_id, forms.form_key] }),
  ],
)

/** Every wording of a consent that visitors may have read, by its hash: a page may be older than the form's version. */
export const consentWordings = pgTable(
  'consent_wordings',
  {
    workspace_id: workspaceId(),
    form_key: text('form_key').notNull(),
    consent_key: text('consent_key').notNull(),
    hash: text('hash').notNull(),
    wording: text('wording').notNull(),
    locale: text('locale').notNull(),
    /** First version of the form with this wording. */
    form_version: integer('form_version').notNull(),
    created_at: moment('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.form_key, t.consent_key, t.hash] }),
    foreignKey({ columns: [t.workspace_id, t.form_key], foreignColumns: [forms.workspace_id, forms.form_key] }),
  ],
)

/** Timing tokens that were used, by which submission; the key starts with the time, so old ones are cheap to forget. */
export const usedTokens = pgTable(
  'used_tokens',
  {
    workspace_id: workspaceId(),
    issued_at: moment('issued_at').notNull(),
    token_id: uuid('token_id').notNull(),
    submission_id: uuid('submission_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.issued_at, t.token_id] })],
)

/** How often something was seen in a window of time: a network, a form, a text (as a hash). Forgotten after a day. */
export const spamSightings = pgTable(
  'spam_sightings',
  {
    workspace_id: workspaceId(),
    window_start: moment('window_start').notNull(),
    fingerprint: uuid('fingerprint').notNull(),
    count: integer('count').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.window_start, t.fingerprint] })],
)
