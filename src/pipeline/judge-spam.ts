/** The spam verdict about each submission of a batch, before anybody is looked up. */
import type { Tx } from '../db/client.ts'
import type { FormDefinition } from '../domain/form.ts'
import { newId } from '../domain/new-id.ts'
import { classifyEmail } from '../domain/normalize/email-class.ts'
import {
  type ChallengeState,
  decideSpam,
  SPAM_POLICY,
  type SpamFacts,
  type SpamRecord,
} from '../domain/spam/decide-spam.ts'
import type { TextSigns } from '../domain/spam/text-signs.ts'
import { type SubmissionBatch, versionKey } from './claim-batch.ts'
import type { SightingCounts } from './count-sightings.ts'
import { insertRows } from './desk-queries.ts'
import { type ClaimedSubmission, takeTokens } from './submission-queries.ts'

const NO_COUNTS: SightingCounts = { network_count: 0, form_count: 0, text_count: 0 }

/** Facts and verdict by submission; those without anything against them, and those released by a person, have none. */
export async function judgeSpam(tx: Tx, batch: SubmissionBatch): Promise<Map<string, SpamRecord>> {
  const open = batch.claimed.filter((submission) => submission.released_by === null)
  const reused = await findReused(tx, open)
  const records = new Map<string, SpamRecord>()
  for (const submission of open) {
    const form = batch.forms.get(versionKey(submission))
    const signs = batch.signs.get(submission.id)
    if (form === undefined || signs === undefined) continue
    const counts = batch.counts.get(submission.id) ?? submission.spam?.facts ?? NO_COUNTS
    const facts = factsOf(submission, form, signs, counts, reused.has(submission.id))
    const verdict = decideSpam(facts, form.spam, new Date(submission.received_at))
    if (verdict.reasons.length > 0) records.set(submission.id, { ...verdict, facts })
  }
  return records
}

/** Submissions whose token had been used by another one before. Only submissions that bring a token cost a query. */
async function findReused(tx: Tx, claimed: ClaimedSubmission[]): Promise<Set<string>> {
  const uses = claimed
    .flatMap(({ id, context: { evidence } }) =>
      evidence?.token === 'valid' && evidence.token_id && evidence.token_issued_at
        ? [{ token_id: evidence.token_id, issued_at: evidence.token_issued_at, submission_id: id }]
        : [],
    )
    .sort((a, b) => (a.token_id < b.token_id ? -1 : a.token_id > b.token_id ? 1 : 0))
  const owners = await takeTokens(tx, uses)
  return new Set(
    uses.filter((use) => owners.get(use.token_id) !== use.submission_id).map(({ submission_id }) => submission_id),
  )
}

/** What speaks for and against one submission. */
export function factsOf(
  submission: Pick<ClaimedSubmission, 'payload' | 'context'>,
  form: FormDefinition,
  signs: TextSigns,
  counts: SightingCounts,
  isReused: boolean,
): SpamFacts {
  const { payload, context } = submission
  const token = context.evidence?.token ?? 'absent'
  return {
    honeypot_filled: isFilled(payload[form.spam.honeypot_field]),
    token: isReused ? 'reused' : token,
    token_issued_at: context.evidence?.token_issued_at ?? null,
    challenge: challengeOf(submission, form),
    network_count: counts.network_count,
    form_count: counts.form_count,
    text_count: counts.text_count,
    disposable_email: hasDisposableEmail(form, payload),
    links: signs.links,
    link_in_name: signs.link_in_name,
    markup: signs.markup,
  }
}

const isFilled = (value: unknown): boolean =>
  Array.isArray(value) ? value.some(isFilled) : value !== undefined && value !== null && value !== '' && value !== false

function challengeOf(
  { context: { evidence } }: Pick<ClaimedSubmission, 'context'>,
  form: FormDefinition,
): ChallengeState {
  const { challenge, proof_of_work_bits } = form.spam
  if (challenge === 'none') return 'not_asked'
  if (challenge === 'proof_of_work') {
    if (evidence?.work_bits === undefined) return 'missing'
    return evidence.token === 'valid' && evidence.work_bits >= proof_of_work_bits ? 'solved' : 'failed'
  }
  if (evidence?.challenge !== undefined) return evidence.challenge
  return evidence?.challenge_response === undefined ? 'missing' : 'unavailable'
}

function hasDisposableEmail(form: FormDefinition, payload: Record<string, unknown>): boolean {
  const name = form.fields.find((field) => field.maps_to === 'email')?.name
  const address = name === undefined ? undefined : payload[name]
  const domain =
    typeof address === 'string'
      ? address
          .slice(address.lastIndexOf('@') + 1)
          .trim()
          .toLowerCase()
      : ''
  return domain.length <= 253 && classifyEmail(domain, '') === 'disposable'
}

/** Receipts of the verdicts that kept a submission out; returns receipt ids by submission. */
export async function writeSpamReceipts(
  tx: Tx,
  records: ReadonlyMap<string, SpamRecord>,
  now: Date,
): Promise<Map<string, string>> {
  const kept = [...records].filter(([, record]) => record.verdict === 'quarantine')
  const receipts = new Map(kept.map(([id]) => [id, newId()]))
  const rows = kept.map(([id, { facts, verdict, score, reasons }]) => ({
    id: receipts.get(id),
    lead_id: null,
    kind: 'spam',
    decided_at: now.toISOString(),
    policy: SPAM_POLICY,
    inputs: { submission_id: id, ...facts },
    outcome: { verdict, score, reasons },
    rejected: [],
  }))
  await insertRows(tx, 'receipts', rows)
  return receipts
}
