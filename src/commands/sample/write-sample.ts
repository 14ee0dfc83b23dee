/** Puts a sample into the database by the real pipeline: submissions of the past are stored, then judged as of that time. */
import { V7Generator } from 'uuidv7'
import type { Caller, Ctx } from '../../ctx.ts'
import { readInWorkspace, type Statement } from '../../db/client.ts'
import { completeDefinition } from '../../domain/form.ts'
import { submissionKeys } from '../../domain/submission-key.ts'
import { type FormRow, findForm } from '../../features/capture/form-queries.ts'
import { saveFormDefinition } from '../../features/capture/form-service.ts'
import { commitSubmissions, type SubmissionRow } from '../../features/capture/submission-queries.ts'
import { updateLead } from '../../features/leads/lead-service.ts'
import { processSubmissions } from '../../pipeline/process-submissions.ts'
import { makePerson } from './people.ts'
import { type PlannedVisit, planVisits, type SampleSize } from './plan.ts'
import { createRandom } from './random.ts'
import { fillForm, fillWithSpam, makeContext, SAMPLE_FORMS } from './visits.ts'

/** Submissions judged as of one moment: a batch of the pipeline, and not more than part of a day. */
const CHUNK = 200
const CHUNK_MS = 6 * 3_600_000
/** Share of new leads that sales has looked at, and how long that takes at most. */
const WORKED = 0.12
const WORKED_WITHIN_MS = 3 * 86_400_000

export interface SampleResult {
  submissions: number
  /** Submissions that an earlier run with the same seed had brought already. */
  repeated: number
}

interface Errand {
  at: number
  lead_id: string
  status: string
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
  const errands: Errand[] = []
  const random = createRandom(`${size.seed}/errands`)
  let repeated = 0
  for (let i = 0; i < visits.length; ) {
    const chunk = chunkFrom(visits, i)
    const rows = chunk.map((visit) => rowOf(ctx, workspaceId, forms, size, visit))
    const fresh = await commitSubmissions(ctx.db, workspaceId, rows)
    const at = chunk.at(-1)?.at ?? 0
    await processSubmissions({ ...ctx, now: () => new Date(at) }, workspaceId)
    for (const lead_id of await listNewLeads(ctx, workspaceId, [...fresh])) {
      if (!random.chance(WORKED)) continue
      errands.push({
        at: at + random.next() * WORKED_WITHIN_MS,
        lead_id,
        status: random.chance(0.75) ? 'working' : 'closed',
      })
    }
    await runErrands(ctx, workspaceId, errands, at)
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
  const received_at = new Date(at).toISOString()
  // The key makes a second run with the same seed bring nothing twice.
  const keys = submissionKeys(
    form_key,
    payload,
    `sample/${seed}/${visit}`,
    new Date(at),
    ctx.config.DEDUPE_WINDOW_SECONDS,
  )
  return {
    workspace_id: workspaceId,
    // Lists of submissions follow their ids, so these are ids of that moment.
    id: ids.generateOrResetWithTs(at).toString(),
    form_key,
    form_version: form.version,
    ...keys,
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
    const expected = { ifMatchVersion: null, createOnly: true }
    const known = await findForm(ctx.db, workspaceId, key)
    const form =
      known ??
      (await saveFormDefinition(ctx, systemOf(workspaceId), key, completeDefinition(definition), expected)).form
    forms.set(key, form)
  }
  return forms
}

const systemOf = (workspaceId: string): Caller => ({
  workspaceId,
  actor: 'system',
  origin: null,
  scopes: new Set(),
  keyId: null,
  keyKind: null,
})

const newLeadsStatement: Statement = {
  name: 'sample_new_leads',
  text: `SELECT lead_id FROM form_submissions WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND outcome = 'created'
    ORDER BY received_at, id`,
}

async function listNewLeads(ctx: Ctx, workspaceId: string, submissionIds: string[]): Promise<string[]> {
  const rows = await readInWorkspace<{ lead_id: string }>(ctx.db, workspaceId, newLeadsStatement, [
    workspaceId,
    submissionIds,
  ])
  return rows.map((row) => row.lead_id)
}

/** Does what was to be done by this moment: sales took the lead up, or put it aside. */
async function runErrands(ctx: Ctx, workspaceId: string, errands: Errand[], until: number): Promise<void> {
  const due = errands.filter(({ at }) => at <= until)
  errands.splice(0, errands.length, ...errands.filter(({ at }) => at > until))
  for (const { at, lead_id, status } of due) {
    const then = { ...ctx, now: () => new Date(at) }
    await updateLead(then, systemOf(workspaceId), lead_id, { status }, null)
  }
}
