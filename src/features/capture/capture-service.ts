/** Accept first: check what the visitor can put right, commit the raw submission, answer. The pipeline does the rest. */
import { uuidv7 } from 'uuidv7'
import type { Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import type { SubmissionContext, SubmissionPayload } from '../../domain/submission.ts'
import { submissionKeys } from '../../domain/submission-key.ts'
import { validateSubmission } from '../../domain/validate-submission.ts'
import { ApiError, validationFailed } from '../../errors.ts'
import type { AddressedForm } from './form-address.ts'
import {
  findSubmission,
  findSubmissionByKeys,
  insertSubmissionFile,
  insertSubmissions,
  reopenSubmission,
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

/** Stores a submission durably; returns its id, the earlier one's when this repeats it. */
export async function captureSubmission(
  ctx: Ctx,
  write: (row: SubmissionRow) => Promise<boolean>,
  arrival: Arrival,
): Promise<string> {
  const { form } = arrival
  if (form.definition.status !== 'active') throw new ApiError('forbidden', 'This form does not take submissions now.')
  const faults = validateSubmission(
    form.definition,
    arrival.payload,
    new Set(arrival.files.map((file) => file.field_name)),
  )
  if (faults.length > 0) {
    throw validationFailed(
      faults.map(({ field, code, detail }) => ({
        code,
        detail,
        pointer: `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        parameter: null,
      })),
    )
  }
  const row = rowOf(ctx, arrival)
  const isNew = arrival.files.length === 0 ? await write(row) : await writeWithFiles(ctx, row, arrival.files)
  ctx.metrics.captured.inc({ outcome: isNew ? 'new' : 'repeated' })
  return isNew ? row.id : await earlierSubmission(ctx, row, arrival.idempotencyKey)
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
    id: uuidv7(),
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

/** Waits until a submission has reached an end, at most `seconds`; returns it as it then is. */
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
    if (left <= 0) return submission
    await new Promise((resolve) => setTimeout(resolve, Math.min(pause, left)))
  }
}

/** Runs a submission through the pipeline again, with the form version that received it. */
export async function reprocessSubmission(
  ctx: Ctx,
  workspaceId: string,
  id: string,
): Promise<StoredSubmission | undefined> {
  await withWorkspace(ctx.db, workspaceId, (tx) => reopenSubmission(tx, workspaceId, id, ctx.now().toISOString()))
  ctx.hints.give('submissions', workspaceId)
  return await findSubmission(ctx.db, workspaceId, id)
}
