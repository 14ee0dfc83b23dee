/** Due submissions of one workspace, batch by batch, until none is left. Every one ends in a visible state. */
import { type Ctx, perCtx } from '../ctx.ts'
import { sqlStateOf, type Tx, withWorkspace } from '../db/client.ts'
import type { Intake } from '../domain/intake.ts'
import { newId } from '../domain/new-id.ts'
import { readSubmission } from '../domain/read-submission.ts'
import { LONGEST_TOKEN_LIFETIME_SECONDS } from '../domain/spam/spam-settings.ts'
import { inLanes } from '../queue/in-lanes.ts'
import { claimBatch, type SubmissionBatch, versionKey } from './claim-batch.ts'
import { SIGHTINGS_KEPT_SECONDS } from './count-sightings.ts'
import { endOf, quarantineOf, recordEnds } from './end-submission.ts'
import { runJourney } from './journey.ts'
import { judgeSpam, writeSpamReceipts } from './judge-spam.ts'
import { type AnsweringSubmission, recordAnswers } from './record-answers.ts'
import { type ConsentEvent, recordConsents } from './record-consents.ts'
import type { Resolution } from './resolve-lead.ts'
import { consentsOf } from './submission-consents.ts'
import { type ClaimedSubmission, finishSubmissions, forgetSpamFacts, type SubmissionEnd } from './submission-queries.ts'
import { verifyChallenges } from './verify-challenges.ts'
import { withJourney } from './with-journey.ts'

/** Large enough to amortize the commit, small enough to hold locks for well under a second. */
const BATCH = 200
/** After this many tries a submission is parked as `failed`, with its reason, and can be replayed by hand. */
const MAX_ATTEMPTS = 8
/** Wait before the next try in seconds, doubled each time. */
const RETRY_SECONDS = 2

/** Our lease ran out and another worker took over: its result counts, ours is rolled back. */
class LeaseLost extends Error {}

/** Processes everything due, or until told to stop after a batch; returns how many submissions were handled. */
export async function processSubmissions(
  ctx: Ctx,
  workspaceId: string,
  isStopping: () => boolean = () => false,
): Promise<number> {
  return await inLanes((onFull) => processInLane(ctx, workspaceId, isStopping, onFull))
}

async function processInLane(
  ctx: Ctx,
  workspaceId: string,
  isStopping: () => boolean,
  onFull: () => void,
): Promise<number> {
  let handled = 0
  let batch = isStopping() ? NOTHING : await takeBatch(ctx, workspaceId)
  while (batch.claimed.length > 0) {
    handled += batch.claimed.length
    if (batch.claimed.length === BATCH) onFull()
    // The next batch is fetched and read while the database works on this one; they are decided one after the other.
    const [next] = await Promise.all([
      isStopping() ? NOTHING : takeBatch(ctx, workspaceId),
      endBatch(ctx, workspaceId, batch),
    ])
    batch = next
  }
  return handled
}

const NOTHING: SubmissionBatch = { claimed: [], forms: new Map(), signs: new Map(), counts: new Map() }

/** Claims the next submissions and does for them what needs no lock: verifiers are asked, fields are normalized. */
async function takeBatch(ctx: Ctx, workspaceId: string): Promise<SubmissionBatch> {
  const batch = await claimBatch(ctx, workspaceId, BATCH)
  await verifyChallenges(ctx, workspaceId, batch)
  for (const submission of batch.claimed) {
    try {
      readIntake(batch, submission)
    } catch {
      // Reading it again in its turn fails again, and parks this one alone.
    }
  }
  return batch
}

async function endBatch(ctx: Ctx, workspaceId: string, batch: SubmissionBatch): Promise<void> {
  const stop = ctx.metrics.pipelineSeconds.startTimer()
  if (!(await parkDeadly(ctx, workspaceId, batch))) await processBatch(ctx, workspaceId, batch)
  await forgetNowAndThen(ctx, workspaceId)
  stop()
}

class ProcessDied extends Error {}

/** Parks a submission, claimed alone, whose attempts have all ended with their process; true when it was one (P20). */
async function parkDeadly(ctx: Ctx, workspaceId: string, { claimed }: SubmissionBatch): Promise<boolean> {
  const [suspect] = claimed
  if (suspect === undefined || suspect.attempt <= MAX_ATTEMPTS) return false
  await postpone(ctx, workspaceId, suspect, new ProcessDied())
  return true
}

/** A batch that fails is tried again one by one, so that one bad submission never holds up the others. */
async function processBatch(ctx: Ctx, workspaceId: string, batch: SubmissionBatch): Promise<void> {
  const { claimed } = batch
  try {
    await withJourney(ctx.db, workspaceId, (tx) => judge(ctx, tx, batch))
  } catch (error) {
    if (claimed.length > 1) {
      ctx.log.warn({ sqlstate: sqlStateOf(error), size: claimed.length }, 'a batch failed; trying one by one')
      for (const submission of claimed) await processBatch(ctx, workspaceId, { ...batch, claimed: [submission] })
      return
    }
    if (error instanceof LeaseLost) return void ctx.metrics.staleLeases.inc()
    for (const submission of claimed) await postpone(ctx, workspaceId, submission, error)
  }
}

/** Spam first, then who it is, then what they agreed to and answered: one transaction. */
async function judge(ctx: Ctx, tx: Tx, batch: SubmissionBatch): Promise<void> {
  const now = ctx.now()
  const spam = await judgeSpam(tx, batch)
  const receipts = await writeSpamReceipts(tx, spam, now)
  const clean = batch.claimed.filter(({ id }) => !receipts.has(id))
  const resolutions = await runJourney(tx, intakesOf(batch, clean), now)
  const byId = new Map(resolutions.map((resolution) => [resolution.intake.id, resolution]))
  const unproven = await recordBatchConsents(tx, batch, clean, byId, now)
  const untaken = await recordAnswers(tx, answeringOf(batch, clean, byId), now)
  const ends = batch.claimed.map((submission): SubmissionEnd => {
    const record = spam.get(submission.id) ?? null
    const receipt = receipts.get(submission.id)
    if (receipt !== undefined && record !== null) return quarantineOf(submission, record, receipt)
    const reasons = [...(unproven.get(submission.id) ?? []), ...(untaken.get(submission.id) ?? [])]
    return endOf(submission, byId.get(submission.id), record, reasons)
  })
  recordEnds(tx, batch.claimed, ends, now)
  const written = await finishSubmissions(tx, ends, now)
  if (written < ends.length) throw new LeaseLost('the lease was lost')
  for (const end of ends) ctx.metrics.processed.inc({ state: end.state })
}

function intakesOf(batch: SubmissionBatch, submissions: ClaimedSubmission[]): Intake[] {
  return submissions.flatMap((submission) => readIntake(batch, submission) ?? [])
}

const intakesRead = new WeakMap<ClaimedSubmission, Intake | null>()

/** What a submission says about a lead, read once; null when it says nothing. */
function readIntake(batch: SubmissionBatch, submission: ClaimedSubmission): Intake | null {
  const known = intakesRead.get(submission)
  if (known !== undefined) return known
  const form = batch.forms.get(versionKey(submission))
  const intake = form === undefined ? null : readSubmission(form, submission, { lead: newId(), receipt: newId() })
  intakesRead.set(submission, intake)
  return intake
}

/** Writes the consents of the batch; returns, by submission, those that could not be proven. */
async function recordBatchConsents(
  tx: Tx,
  batch: SubmissionBatch,
  submissions: ClaimedSubmission[],
  resolutions: ReadonlyMap<string, Resolution>,
  now: Date,
): Promise<Map<string, string[]>> {
  const unproven = new Map<string, string[]>()
  const events: ConsentEvent[] = []
  for (const submission of submissions) {
    const form = batch.forms.get(versionKey(submission))
    const resolution = resolutions.get(submission.id)
    if (form === undefined || form.consents.length === 0 || resolution === undefined) continue
    const { rows, reasons } = await consentsOf(tx, submission, form, resolution.lead.id, now)
    unproven.set(submission.id, reasons)
    events.push({ lead: resolution.lead, actor: resolution.intake.actor, origin: null, rows })
  }
  await recordConsents(tx, events, now)
  return unproven
}

/** The submissions that are about a lead, with what their answers are read by. */
function answeringOf(
  batch: SubmissionBatch,
  submissions: ClaimedSubmission[],
  resolutions: ReadonlyMap<string, Resolution>,
): AnsweringSubmission[] {
  return submissions.flatMap((submission) => {
    const form = batch.forms.get(versionKey(submission))
    const resolution = resolutions.get(submission.id)
    return form === undefined || resolution === undefined ? [] : [{ submission, form, resolution }]
  })
}

/** The submission waits longer and longer, then is parked as failed; its reason is visible either way. */
async function postpone(ctx: Ctx, workspaceId: string, submission: ClaimedSubmission, error: unknown): Promise<void> {
  const last = submission.attempt >= MAX_ATTEMPTS
  const reason = reasonOf(error)
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
    spam: submission.spam,
    due_at: new Date(now.getTime() + RETRY_SECONDS * 2 ** submission.attempt * 1000).toISOString(),
  }
  await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const written = await finishSubmissions(tx, [end], now)
    if (written === 0) ctx.metrics.staleLeases.inc()
    else if (last) recordEnds(tx, [submission], [end], now)
  })
}

function reasonOf(error: unknown): string {
  if (error instanceof ProcessDied) return 'process_died'
  const state = sqlStateOf(error)
  return state === undefined ? 'processing_error' : `database_${state}`
}

/** Workspace -> when its old tokens and counters were last forgotten by this process. */
const forgotten = perCtx(() => new Map<string, number>())
/** Often enough for small tables, seldom enough to cost nothing. */
const FORGET_EVERY_MS = 3_600_000

async function forgetNowAndThen(ctx: Ctx, workspaceId: string): Promise<void> {
  const now = ctx.now().getTime()
  if (now - (forgotten(ctx).get(workspaceId) ?? 0) < FORGET_EVERY_MS) return
  forgotten(ctx).set(workspaceId, now)
  const before = (seconds: number) => new Date(now - seconds * 1000)
  await withWorkspace(ctx.db, workspaceId, (tx) =>
    forgetSpamFacts(tx, before(LONGEST_TOKEN_LIFETIME_SECONDS), before(SIGHTINGS_KEPT_SECONDS)),
  )
}
