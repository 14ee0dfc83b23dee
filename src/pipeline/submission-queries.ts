/** Submissions as due work: claim under a lease, finish under the fence of the attempt number. */

import type { Statement, Tx } from '../db/client.ts'
import { completeDefinition, type FormDefinition } from '../domain/form.ts'
import type { ChallengeState, SpamRecord } from '../domain/spam/decide-spam.ts'
import type { SubmissionContext, SubmissionPayload, SubmissionState } from '../domain/submission.ts'

export interface ClaimedSubmission {
  id: string
  form_key: string
  form_version: number
  payload: SubmissionPayload
  context: SubmissionContext
  received_at: string
  attempt: number
  /** Outcome of an earlier run, null when this is the first. */
  outcome: string | null
  spam: SpamRecord | null
  released_by: string | null
}

export const sweepDueSubmissions: Statement = {
  name: 'sweep_due_submissions',
  // One look at each workspace; a backlog is not read as a whole twice a second.
  text: `SELECT w.id AS workspace_id FROM workspaces w WHERE EXISTS (SELECT FROM form_submissions s
    WHERE s.workspace_id = w.id AND s.state = 'received' AND s.due_at <= now() AND (s.lease_until IS NULL OR s.lease_until < now()))
    LIMIT $1`,
}

const claimStatement: Statement = {
  name: 'claim_submissions',
  text: `UPDATE form_submissions SET lease_until = now() + $3 * interval '1 second', attempt = attempt + 1
    WHERE workspace_id = $1 AND id = ANY (ARRAY(
      SELECT id FROM form_submissions
      WHERE workspace_id = $1 AND state = 'received' AND due_at <= now() AND (lease_until IS NULL OR lease_until < now())
        AND attempt BETWEEN $4 AND $5
      ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED))
    RETURNING id, form_key, form_version, payload, context, received_at, attempt, outcome, spam, released_by`,
}

/** After so many attempts without an end a submission is a suspect: it may be what ended the process. */
const SUSPECT_ATTEMPTS = 2
const ANY_NUMBER = 2_147_483_647

/**
 * Takes up to `limit` due submissions, oldest first; each claim counts as an attempt even if the process dies. Suspects
 * come last and each alone, so that one which kills its process takes nobody along.
 */
export async function claimSubmissions(tx: Tx, limit: number, leaseSeconds: number): Promise<ClaimedSubmission[]> {
  const claim = async (most: number, from: number, to: number) =>
    await tx.query<ClaimedSubmission>(claimStatement, [tx.workspaceId, most, leaseSeconds, from, to])
  const fresh = await claim(limit, 0, SUSPECT_ATTEMPTS - 1)
  const rows = fresh.length > 0 ? fresh : await claim(1, SUSPECT_ATTEMPTS, ANY_NUMBER)
  return rows.sort((a, b) =>
    a.received_at < b.received_at ? -1 : a.received_at > b.received_at ? 1 : a.id < b.id ? -1 : 1,
  )
}

const formVersionStatement: Statement = {
  name: 'find_form_version',
  text: 'SELECT definition FROM form_versions WHERE workspace_id = $1 AND form_key = $2 AND version = $3',
}

/** The definition that received a submission. */
export async function findFormVersion(tx: Tx, formKey: string, version: number): Promise<FormDefinition | undefined> {
  const [row] = await tx.query<{ definition: FormDefinition }>(formVersionStatement, [tx.workspaceId, formKey, version])
  return row && completeDefinition(row.definition)
}

const findSecretStatement: Statement = {
  name: 'find_form_secret',
  text: 'SELECT challenge_secret FROM form_secrets WHERE workspace_id = $1 AND form_key = $2',
}

/** The sealed secret of a form's challenge. */
export async function findChallengeSecret(tx: Tx, formKey: string): Promise<Buffer | undefined> {
  const [row] = await tx.query<{ challenge_secret: Buffer }>(findSecretStatement, [tx.workspaceId, formKey])
  return row?.challenge_secret
}

const keepChallengeStatement: Statement = {
  name: 'keep_challenge_state',
  text: `UPDATE form_submissions AS s SET context = jsonb_set(s.context #- '{evidence,challenge_response}', '{evidence,challenge}', to_jsonb(r.state))
    FROM unnest($2::uuid[], $3::text[]) AS r (id, state) WHERE s.workspace_id = $1 AND s.id = r.id`,
}

/** Keeps what verifiers said, in place of the answers that they were asked about: they answer only once. */
export async function keepChallengeStates(tx: Tx, states: ReadonlyMap<string, ChallengeState>): Promise<void> {
  await tx.query(keepChallengeStatement, [tx.workspaceId, [...states.keys()], [...states.values()]])
}

const countStatement: Statement = {
  name: 'count_spam_sightings',
  text: `INSERT INTO spam_sightings AS s (workspace_id, window_start, fingerprint, count)
    SELECT $1, * FROM unnest($2::timestamptz[], $3::uuid[], $4::int[])
    ON CONFLICT (workspace_id, window_start, fingerprint) DO UPDATE SET count = s.count + excluded.count
    RETURNING fingerprint, window_start, count`,
}

export interface Sighting {
  window_start: string
  fingerprint: string
  count: number
}

/** Adds to the counters, which must come in one order (deadlocks); returns their new values. */
export async function addSightings(tx: Tx, sightings: Sighting[]): Promise<Sighting[]> {
  if (sightings.length === 0) return []
  return await tx.query(countStatement, [
    tx.workspaceId,
    sightings.map((sighting) => sighting.window_start),
    sightings.map((sighting) => sighting.fingerprint),
    sightings.map((sighting) => sighting.count),
  ])
}

const takeTokensStatement: Statement = {
  name: 'take_tokens',
  text: `INSERT INTO used_tokens (workspace_id, issued_at, token_id, submission_id)
    SELECT $1, * FROM unnest($2::timestamptz[], $3::uuid[], $4::uuid[]) ON CONFLICT DO NOTHING`,
}
const listTokensStatement: Statement = {
  name: 'list_used_tokens',
  text: `SELECT u.token_id, u.submission_id FROM unnest($2::timestamptz[], $3::uuid[]) AS asked (issued_at, token_id)
    JOIN used_tokens u ON u.workspace_id = $1 AND u.issued_at = asked.issued_at AND u.token_id = asked.token_id`,
}

export interface TokenUse {
  issued_at: string
  token_id: string
  submission_id: string
}

/**
 * Gives each token to the first submission that brings it, for ever; returns token -> the submission that has it. The
 * key of the table decides between parallel workers. `uses` must come in one order (deadlocks).
 */
export async function takeTokens(tx: Tx, uses: TokenUse[]): Promise<Map<string, string>> {
  if (uses.length === 0) return new Map()
  const [issued, tokens] = [uses.map((use) => use.issued_at), uses.map((use) => use.token_id)]
  await tx.query(takeTokensStatement, [tx.workspaceId, issued, tokens, uses.map((use) => use.submission_id)])
  const owners = await tx.query<{ token_id: string; submission_id: string }>(listTokensStatement, [
    tx.workspaceId,
    issued,
    tokens,
  ])
  return new Map(owners.map((owner) => [owner.token_id, owner.submission_id]))
}

const forgetTokensStatement: Statement = {
  name: 'forget_used_tokens',
  text: 'DELETE FROM used_tokens WHERE workspace_id = $1 AND issued_at < $2',
}
const forgetSightingsStatement: Statement = {
  name: 'forget_spam_sightings',
  text: 'DELETE FROM spam_sightings WHERE workspace_id = $1 AND window_start < $2',
}

/** Forgets tokens that have expired and counters of the past. */
export async function forgetSpamFacts(tx: Tx, tokensBefore: Date, sightingsBefore: Date): Promise<void> {
  await tx.query(forgetTokensStatement, [tx.workspaceId, tokensBefore.toISOString()])
  await tx.query(forgetSightingsStatement, [tx.workspaceId, sightingsBefore.toISOString()])
}

export interface SubmissionEnd {
  id: string
  attempt: number
  state: SubmissionState
  lead_id: string | null
  outcome: string
  reasons: string[]
  receipt_id: string | null
  spam?: SpamRecord | null
  due_at: string | null
}

const finishStatement: Statement = {
  name: 'finish_submissions',
  text: `UPDATE form_submissions AS s SET state = r.state, lead_id = coalesce(r.lead_id, s.lead_id), outcome = r.outcome, reasons = r.reasons,
      receipt_id = r.receipt_id, spam = r.spam, due_at = coalesce(r.due_at, s.due_at), lease_until = NULL,
      processed_at = CASE WHEN r.state = 'received' THEN NULL ELSE $3::timestamptz END
    FROM jsonb_populate_recordset(null::form_submissions, $2::jsonb) AS r
    WHERE s.workspace_id = $1 AND s.id = r.id AND s.attempt = r.attempt AND s.state = 'received' RETURNING s.id`,
}

/** Writes the ends; returns how many were still ours (a worker that lost its lease matches nothing). */
export async function finishSubmissions(tx: Tx, ends: SubmissionEnd[], now: Date): Promise<number> {
  if (ends.length === 0) return 0
  return (await tx.query(finishStatement, [tx.workspaceId, JSON.stringify(ends), now.toISOString()])).length
}
