/** Accept first: check what the visitor can put right, commit the raw submission, answer. The pipeline does the rest. */
import type { Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import { availabilityOf } from '../../domain/form.ts'
import { newId } from '../../domain/new-id.ts'
import type { SubmissionContext, SubmissionPayload } from '../../domain/submission.ts'
import { submissionKeys } from '../../domain/submission-key.ts'
import { type FieldFault, validateSubmission } from '../../domain/validate-submission.ts'
import { ApiError, notFound, validationFailed } from '../../errors.ts'
import { makePointer } from '../../http/body/json-pointer.ts'
import { closing } from '../../http/closing.ts'
import type { AddressedForm } from './form-address.ts'
import {
  findSubmission,
  findSubmissionByKeys,
  insertSubmissionFile,
  insertSubmissions,
  type StoredSubmission,
  type SubmissionFile,
  type SubmissionRow,
} from './submission-queries.ts'

export interface Arrival {
  form: AddressedForm
  payload: SubmissionPayload
  context: SubmissionContext
  files: SubmissionFile[]
  idempotencyKey: string | null
}

/** 403 while a form takes no submissions: asked before a body is read, so that a closed form costs nothing. */
export function requireOpen(ctx: Ctx, form: AddressedForm): void {
  const availability = availabilityOf(form.definition, ctx.now())
  if (availability === 'open') return
  throw new ApiError('form_closed', 'This form does not take submissions now.', { extra: { availability } })
}

/** Stores a submission durably; returns its id, the earlier one's when this repeats it. */
export async function captureSubmission(
  ctx: Ctx,
  write: (row: SubmissionRow) => Promise<boolean>,
  arrival: Arrival,
): Promise<string> {
  requireNoFaults(validateSubmission(arrival.form.definition, arrival.payload, arrival.files))
  const row = rowOf(ctx, arrival)
  const isNew = arrival.files.length === 0 ? await write(row) : await writeWithFiles(ctx, row, arrival.files)
  ctx.metrics.captured.inc({ outcome: isNew ? 'new' : 'repeated' })
  return isNew ? row.id : await earlierSubmission(ctx, row, arrival.idempotencyKey)
}

function requireNoFaults(faults: FieldFault[]): void {
  if (faults.length === 0) return
  throw validationFailed(
    faults.map(({ field, code, detail }) => ({ code, detail, pointer: makePointer([field]), parameter: null })),
  )
}

function rowOf(ctx: Ctx, { form, payload, context, files, idempotencyKey }: Arrival): SubmissionRow {
  const now = ctx.now()
  const at = now.toISOString()
  // The bytes of a file are part of what was sent: the same form with another file is another submission.
  const content =
    files.length === 0
      ? payload
      : { ...payload, ' files': files.map((file) => [file.field_name, file.sha256.toString('hex')]) }
  return {
    workspace_id: form.workspace_id,
    id: newId(),
    form_key: form.form_key,
    form_version: form.version,
    ...submissionKeys(form.form_key, content, idempotencyKey, now, ctx.config.DEDUPE_WINDOW_SECONDS),
    payload,
    context: files.length === 0 ? context : { ...context, files: files.map(describeFile) },
    state: 'received',
    received_at: at,
    due_at: at,
    attempt: 0,
  }
}

function describeFile(file: SubmissionFile) {
  const { id, field_name, file_name, content_type, content } = file
  return { file_id: id, field_name, file_name, content_type, size_bytes: content.length }
}

async function writeWithFiles(ctx: Ctx, row: SubmissionRow, files: SubmissionFile[]): Promise<boolean> {
  const isNew = await withWorkspace(ctx.db, row.workspace_id, async (tx) => {
    const inserted = await tx.query(insertSubmissions, [JSON.stringify([row])])
    if (inserted.length === 0) return false
    for (const file of files) await insertSubmissionFile(tx, row.id, file, row.received_at)
    return true
  })
  ctx.hints.give('submissions', row.workspace_id)
  return isNew
}

async function earlierSubmission(ctx: Ctx, row: SubmissionRow, idempotencyKey: string | null): Promise<string> {
  const earlier = await findSubmissionByKeys(ctx.db, row)
  if (earlier === undefined)
    throw new ApiError('unavailable', 'Please send this again.', { headers: { 'retry-after': '1' } })
  if (idempotencyKey !== null && earlier.content_hash !== row.content_hash) {
    throw new ApiError('idempotency_key_reused', 'This Idempotency-Key came with other fields before.')
  }
  return earlier.id
}

/** First look after a capture, in milliseconds; the pipeline usually needs 5 to 20. */
const FIRST_LOOK_MS = 15

/** Waits until a submission has reached an end, at most `seconds` or until a stop; returns it as it then is. */
export async function awaitOutcome(
  ctx: Ctx,
  workspaceId: string,
  id: string,
  seconds: number,
): Promise<StoredSubmission | undefined> {
  const deadline = performance.now() + seconds * 1000
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 1.5, 250)) {
    const submission = await findSubmission(ctx.db, workspaceId, id)
    if (submission === undefined || submission.state !== 'received') return submission
    const left = deadline - performance.now()
    if (left <= 0 || closing(ctx).signal.aborted) return submission
    await new Promise((resolve) => setTimeout(resolve, Math.min(pause, left)))
  }
}

/** One submission; 404 when there is none. */
export async function requireSubmission(ctx: Ctx, workspaceId: string, id: string): Promise<StoredSubmission> {
  const submission = await findSubmission(ctx.db, workspaceId, id)
  if (submission === undefined) throw notFound('submission')
  return submission
}
