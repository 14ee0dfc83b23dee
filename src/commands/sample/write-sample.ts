/** Puts a sample into the database by the real pipeline: submissions of the past are stored, then judged as of that time. */
import { V7Generator } from 'uuidv7'
import type { Ctx } from '../../ctx.ts'
import { completeDefinition } from '../../domain/form.ts'
import { submissionKeys } from '../../domain/submission-key.ts'
import { type FormRow, findForm } from '../../features/capture/form-queries.ts'
import { saveFormDefinition } from '../../features/capture/form-service.ts'
import { commitSubmissions, type SubmissionRow } from '../../features/capture/submission-queries.ts'
import { processSubmissions } from '../../pipeline/process-submissions.ts'
import { createErrands, systemOf } from './errands.ts'
import { makePerson } from './people.ts'
import { type PlannedVisit, planVisits, type SampleSize } from './plan.ts'
import { createRandom } from './random.ts'
import { fillForm, fillWithSpam, makeContext, SAMPLE_FORMS } from './visits.ts'

/** Submissions judged as of one moment: a batch of the pipeline, and not more than part of a day. */
const CHUNK = 200
const CHUNK_MS = 6 * 3_600_000

export interface SampleResult {
  submissions: number
  /** Submissions that an earlier run with the same seed had brought already. */
  repeated: number
}

/** Writes the sample; `onProgress` is told how many submissions are done. */
export async function writeSample(
  ctx: Ctx,
  workspaceId: string,
  size: SampleSize,
  onProgress: (done: number, total: number) => void,
): Promise<SampleResult> {
  const visits = planVisits(size, ctx.now().getTime())
  const forms = await ensureForms(ctx, workspaceId)
  const errands = createErrands(ctx, workspaceId, size)
  let repeated = 0
  for (let i = 0; i < visits.length; ) {
    const chunk = chunkFrom(visits, i)
    const rows = chunk.map((visit) => rowOf(ctx, workspaceId, forms, size, visit))
    const fresh = await commitSubmissions(ctx.db, workspaceId, rows)
    const at = chunk.at(-1)?.at ?? 0
    await processSubmissions({ ...ctx, now: () => new Date(at) }, workspaceId)
    const people = new Map(rows.map((row, n) => [row.id, chunk[n]?.person ?? null]))
    await errands.planFor(new Map([...people].filter(([id]) => fresh.has(id))), at)
    await errands.runUntil(at)
    repeated += rows.length - fresh.size
    i += chunk.length
    onProgress(i, visits.length)
  }
  return { submissions: visits.length, repeated }
}

/** Visits from `start` on that are near enough in time to be judged together. */
function chunkFrom(visits: PlannedVisit[], start: number): PlannedVisit[] {
  const first = visits[start]?.at ?? 0
  const most = visits.slice(start, start + CHUNK)
  const end = most.findIndex(({ at }) => at > first + CHUNK_MS)
  return end === -1 ? most : most.slice(0, end)
}

const ids = new V7Generator()

function rowOf(
  ctx: Ctx,
  workspaceId: string,
  forms: Map<string, FormRow>,
  { seed, leads }: SampleSize,
  { at, form_key, person, visit }: PlannedVisit,
): SubmissionRow {
  const form = forms.get(form_key)
  if (form === undefined) throw new Error(`there is no form ${form_key}`)
  const random = createRandom(`${seed}/visit/${visit}`)
  const who = person === null ? null : makePerson(seed, person, leads)
  const payload = who === null ? fillWithSpam(random, visit) : fillForm(random, form_key, who)
  // The key makes a second run with the same seed bring nothing twice.
  const key = `sample/${seed}/${visit}`
  const received_at = new Date(at).toISOString()
  return {
    workspace_id: workspaceId,
    // Lists of submissions follow their ids, so these are ids of that moment.
    id: ids.generateOrResetWithTs(at).toString(),
    form_key,
    form_version: form.version,
    ...submissionKeys(form_key, payload, key, new Date(at), ctx.config.DEDUPE_WINDOW_SECONDS),
    payload,
    context: makeContext(random, who?.language ?? 'en', form_key),
    state: 'received',
    received_at,
    due_at: received_at,
    attempt: 0,
  }
}

async function ensureForms(ctx: Ctx, workspaceId: string): Promise<Map<string, FormRow>> {
  const forms = new Map<string, FormRow>()
  for (const [key, { definition }] of Object.entries(SAMPLE_FORMS)) {
    const known = await findForm(ctx.db, workspaceId, key)
    forms.set(key, known ?? (await createForm(ctx, workspaceId, key, definition)))
  }
  return forms
}

async function createForm(
  ctx: Ctx,
  workspaceId: string,
  key: string,
  definition: Parameters<typeof completeDefinition>[0],
): Promise<FormRow> {
  const expected = { ifMatchVersion: null, createOnly: true }
  const saved = await saveFormDefinition(ctx, systemOf(workspaceId), key, completeDefinition(definition), expected)
  return saved.form
}
