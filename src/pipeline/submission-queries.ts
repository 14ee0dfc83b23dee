/** Submissions as due work: claim under a lease, finish under the fence of the attempt number. */

import type { Statement, Tx } from '../db/client.ts'
import type { FormDefinition } from '../domain/form.ts'
import type { SubmissionContext, SubmissionPayload, SubmissionState } from '../domain/submission.ts'

export interface ClaimedSubmission {
  id: string
  form_key: string
  form_version: number
  payload: SubmissionPayload
  context: SubmissionContext
  received_at: string
  attempt: number
}

/** A dead worker's submissions are free again after this time; a batch takes well under a second. */
const LEASE = "interval '30 seconds'"

export const sweepDueSubmissions: Statement = {
  name: 'sweep_due_submissions',
  text: `SELECT DISTINCT workspace_id FROM form_submissions
    WHERE state = 'received' AND due_at <= now() AND (lease_until IS NULL OR lease_until < now()) LIMIT $1`,
}

const claimStatement: Statement = {
  name: 'claim_submissions',
  text: `UPDATE form_submissions SET lease_until = now() + ${LEASE}, attempt = attempt + 1
    WHERE workspace_id = $1 AND id = ANY (ARRAY(
      SELECT id FROM form_submissions
      WHERE workspace_id = $1 AND state = 'received' AND due_at <= now() AND (lease_until IS NULL OR lease_until < now())
      ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED))
    RETURNING id, form_key, form_version, payload, context, received_at, attempt`,
}

/** Takes up to `limit` due submissions, oldest first; each claim counts as an attempt even if the process dies. */
export async function claimSubmissions(tx: Tx, limit: number): Promise<ClaimedSubmission[]> {
  const rows = await tx.query<ClaimedSubmission>(claimStatement, [tx.workspaceId, limit])
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
  return row?.definition
}

export interface SubmissionEnd {
  id: string
  attempt: number
  state: SubmissionState
  lead_id: string | null
  outcome: string
  reasons: string[]
  receipt_id: string | null
  due_at: string | null
}

const finishStatement: Statement = {
  name: 'finish_submissions',
  text: `UPDATE form_submissions AS s SET state = r.state, lead_id = r.lead_id, outcome = r.outcome, reasons = r.reasons,
      receipt_id = r.receipt_id, due_at = coalesce(r.due_at, s.due_at), lease_until = NULL,
      processed_at = CASE WHEN r.state = 'received' THEN NULL ELSE $3::timestamptz END
    FROM jsonb_populate_recordset(null::form_submissions, $2::jsonb) AS r
    WHERE s.workspace_id = $1 AND s.id = r.id AND s.attempt = r.attempt AND s.state = 'received' RETURNING s.id`,
}

/** Writes the ends; returns how many were still ours (a worker that lost its lease matches nothing). */
export async function finishSubmissions(tx: Tx, ends: SubmissionEnd[], now: Date): Promise<number> {
  if (ends.length === 0) return 0
  return (await tx.query(finishStatement, [tx.workspaceId, JSON.stringify(ends), now.toISOString()])).length
}
