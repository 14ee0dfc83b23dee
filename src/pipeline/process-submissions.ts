/** Due submissions of one workspace, batch by batch, until none is left. Every one ends in a visible state. */
import { uuidv7 } from 'uuidv7'
import { recordChanges } from '../changes/record-change.ts'
import type { Ctx } from '../ctx.ts'
import { sqlStateOf, type Tx, withWorkspace } from '../db/client.ts'
import type { FormDefinition } from '../domain/form.ts'
import type { Intake } from '../domain/intake.ts'
import { readSubmission } from '../domain/read-submission.ts'
import { encodeTypeId } from '../domain/type-id.ts'
import { runJourney } from './journey.ts'
import type { Resolution } from './resolve-lead.ts'
import {
  type ClaimedSubmission,
  claimSubmissions,
  findFormVersion,
  finishSubmissions,
  type SubmissionEnd,
} from './submission-queries.ts'
import { withJourney } from './with-journey.ts'

/** Large enough to amortize the commit, small enough to hold locks for well under a second. */
const BATCH = 200
/** After this many tries a submission is parked as `failed`, with its reason, and can be replayed by hand. */
const MAX_ATTEMPTS = 8
/** Wait before the next try in seconds, doubled each time. */
const RETRY_SECONDS = 2

/** Processes everything due; returns how many submissions were handled. */
export async function processSubmissions(ctx: Ctx, workspaceId: string): Promise<number> {
  let handled = 0
  for (;;) {
    const claimed = await withWorkspace(ctx.db, workspaceId, (tx) => claimSubmissions(tx, BATCH))
    if (claimed.length === 0) return handled
    const stop = ctx.metrics.pipelineSeconds.startTimer()
    await processBatch(ctx, workspaceId, claimed)
    stop()
    handled += claimed.length
  }
}

/** A batch that fails is tried again one by one, so that one bad submission never holds up the others. */
async function processBatch(ctx: Ctx, workspaceId: string, claimed: ClaimedSubmission[]): Promise<void> {
  try {
    await withJourney(ctx.db, workspaceId, (tx) => judge(ctx, tx, claimed))
  } catch (error) {
    if (claimed.length > 1) {
      ctx.log.warn({ sqlstate: sqlStateOf(error), size: claimed.length }, 'a batch failed; trying one by one')
      for (const submission of claimed) await processBatch(ctx, workspaceId, [submission])
      return
    }
    for (const submission of claimed) await postpone(ctx, workspaceId, submission, error)
  }
}

async function judge(ctx: Ctx, tx: Tx, claimed: ClaimedSubmission[]): Promise<void> {
  const now = ctx.now()
  const forms = await loadForms(tx, claimed)
  const intakes = new Map<string, Intake>()
  for (const submission of claimed) {
    const form = forms.get(versionKey(submission))
    const intake = form === undefined ? null : readSubmission(form, submission, { lead: uuidv7(), receipt: uuidv7() })
    if (intake !== null) intakes.set(submission.id, intake)
  }
  const resolutions = await runJourney(tx, [...intakes.values()], now)
  const byId = new Map(resolutions.map((resolution) => [resolution.intake.id, resolution]))
  const ends = claimed.map((submission) => endOf(submission, byId.get(submission.id)))
  recordFailures(tx, claimed, ends, now)
  const written = await finishSubmissions(tx, ends, now)
  // Another worker took over after our lease ran out: its result counts, ours is rolled back.
  if (written < ends.length) {
    ctx.metrics.staleLeases.inc(ends.length - written)
    throw new Error('the lease was lost')
  }
  for (const end of ends) ctx.metrics.processed.inc({ state: end.state })
}

const versionKey = (submission: ClaimedSubmission) => `${submission.form_key}@${submission.form_version}`

async function loadForms(tx: Tx, claimed: ClaimedSubmission[]): Promise<Map<string, FormDefinition>> {
  const forms = new Map<string, FormDefinition>()
  for (const submission of claimed) {
    const key = versionKey(submission)
    if (forms.has(key)) continue
    const form = await findFormVersion(tx, submission.form_key, submission.form_version)
    if (form !== undefined) forms.set(key, form)
  }
  return forms
}

function endOf(submission: ClaimedSubmission, resolution: Resolution | undefined): SubmissionEnd {
  const base = { id: submission.id, attempt: submission.attempt, due_at: null }
  if (resolution === undefined) {
    return { ...base, state: 'failed', lead_id: null, outcome: 'failed', reasons: ['no_lead_fields'], receipt_id: null }
  }
  const { lead, outcome, intake } = resolution
  const reasons = intake.issues.map((issue) => `${issue.field}: ${issue.code}`)
  return { ...base, state: 'processed', lead_id: lead.id, outcome, reasons, receipt_id: intake.receipt_id }
}

function recordFailures(tx: Tx, claimed: ClaimedSubmission[], ends: SubmissionEnd[], now: Date): void {
  const failed = ends.filter((end) => end.state === 'failed')
  const formOf = new Map(claimed.map((submission) => [submission.id, submission.form_key]))
  recordChanges(
    tx,
    failed.map((end) => ({
      type: 'form_submission.failed',
      object_id: end.id,
      actor: 'system',
      origin: null,
      occurred_at: now.toISOString(),
      object: {
        id: encodeTypeId('submission', end.id),
        form_key: formOf.get(end.id),
        state: end.state,
        reasons: end.reasons,
      },
      changed_fields: ['state'],
      previous: { state: 'received' },
    })),
  )
}

/** The submission waits longer and longer, then is parked as failed; its reason is visible either way. */
async function postpone(ctx: Ctx, workspaceId: string, submission: ClaimedSubmission, error: unknown): Promise<void> {
  const last = submission.attempt >= MAX_ATTEMPTS
  const reason = sqlStateOf(error) === undefined ? 'processing_error' : `database_${sqlStateOf(error)}`
  ctx.log.error(
    { submission_id: submission.id, attempt: submission.attempt, reason },
    last ? 'submission parked' : 'submission postponed',
  )
  const now = ctx.now()
  const end: SubmissionEnd = {
    id: submission.id,
    attempt: submission.attempt,
    state: last ? 'failed' : 'received',
    lead_id: null,
    outcome: last ? 'failed' : 'postponed',
    reasons: [reason],
    receipt_id: null,
    due_at: new Date(now.getTime() + RETRY_SECONDS * 2 ** submission.attempt * 1000).toISOString(),
  }
  await withWorkspace(ctx.db, workspaceId, async (tx) => {
    if (last) recordFailures(tx, [submission], [end], now)
    await finishSubmissions(tx, [end], now)
  })
}
