/** Runs as due work: planned once for each lead, claimed under a lease, written under the fence of the claim. */
import type { Statement, Tx } from '../../db/client.ts'
import type { RunCause, RunState, RunStep } from '../../domain/enrichment/providers/enrichment-run.ts'

export interface EnrichmentRun {
  id: string
  lead_id: string
  cause: RunCause
  actor: string
  state: RunState
  reason: string | null
  fresh: boolean
  input_hash: string
  policy_version: number | null
  steps: RunStep[]
  cost_micros: number
  due_at: string
  fence: number
  tries: number
  created_at: string
  finished_at: string | null
}

export const RUN_COLUMNS =
  'id, lead_id, cause, actor, state, reason, fresh, input_hash, policy_version, steps, cost_micros, due_at, fence, tries, created_at, finished_at'

export const sweepDueRuns: Statement = {
  name: 'sweep_due_enrichment',
  text: `SELECT DISTINCT workspace_id FROM enrichment_runs
    WHERE state = 'queued' AND due_at <= now() AND (lease_until IS NULL OR lease_until < now()) LIMIT $1`,
}

// A lead that waits already is asked about once, at the earlier moment.
const planStatement: Statement = {
  name: 'plan_enrichment_runs',
  text: `INSERT INTO enrichment_runs (workspace_id, id, lead_id, cause, actor, state, fresh, input_hash, steps, cost_micros, due_at, fence, tries, created_at)
    SELECT $1, r.id, r.lead_id, r.cause, r.actor, 'queued', r.fresh, r.input_hash, '[]', 0, r.due_at, 0, 0, $3::timestamptz
    FROM jsonb_to_recordset($2::jsonb) AS r (id uuid, lead_id uuid, cause text, actor text, fresh boolean, input_hash text, due_at timestamptz)
    ORDER BY r.lead_id
    ON CONFLICT (workspace_id, lead_id) WHERE state = 'queued' DO UPDATE SET
      due_at = least(enrichment_runs.due_at, excluded.due_at), fresh = enrichment_runs.fresh OR excluded.fresh,
      input_hash = excluded.input_hash`,
}

export interface PlannedRun {
  id: string
  lead_id: string
  cause: RunCause
  actor: string
  fresh: boolean
  input_hash: string
  due_at: string
}

/** Asks that providers be asked about leads. */
export async function planRuns(tx: Tx, runs: readonly PlannedRun[], now: Date): Promise<void> {
  if (runs.length === 0) return
  await tx.query(planStatement, [tx.workspaceId, JSON.stringify(runs), now.toISOString()])
  tx.announce('enrichment')
}

const claimStatement: Statement = {
  name: 'claim_enrichment_runs',
  text: `UPDATE enrichment_runs SET lease_until = now() + $4 * interval '1 second', fence = fence + 1
    WHERE workspace_id = $1 AND id = ANY (ARRAY(
      SELECT id FROM enrichment_runs
      WHERE workspace_id = $1 AND state = 'queued' AND due_at <= greatest($2::timestamptz, now())
        AND (lease_until IS NULL OR lease_until < now())
      ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED))
    RETURNING id, lead_id, fence`,
}

/** What identifies a claim. */
export type RunClaim = Pick<EnrichmentRun, 'id' | 'lead_id' | 'fence'>

/** Takes up to `limit` due runs. */
export async function claimRuns(tx: Tx, now: Date, limit: number, leaseSeconds: number): Promise<RunClaim[]> {
  return await tx.query<RunClaim>(claimStatement, [tx.workspaceId, now.toISOString(), limit, leaseSeconds])
}

const lockStatement: Statement = {
  name: 'lock_enrichment_run',
  text: `SELECT ${RUN_COLUMNS} FROM enrichment_runs
    WHERE workspace_id = $1 AND id = $2 AND fence = $3 AND state = 'queued' FOR UPDATE`,
}

/** The run of a claim, locked; undefined when another worker has taken it over. */
export async function lockRun(tx: Tx, { id, fence }: RunClaim): Promise<EnrichmentRun | undefined> {
  return (await tx.query<EnrichmentRun>(lockStatement, [tx.workspaceId, id, fence]))[0]
}

const saveStatement: Statement = {
  name: 'save_enrichment_run',
  text: `UPDATE enrichment_runs SET steps = $3, cost_micros = $4, policy_version = $5, tries = $6, due_at = $7,
      state = $8, reason = $9, input_hash = $10, finished_at = $11,
      lease_until = CASE WHEN $12::boolean THEN now() + $13 * interval '1 second' END
    WHERE workspace_id = $1 AND id = $2`,
}

/** Writes a run; `leaseSeconds` null gives the claim back. */
export async function saveRun(tx: Tx, run: EnrichmentRun, leaseSeconds: number | null): Promise<void> {
  const { steps, cost_micros, policy_version, tries, due_at, state, reason, input_hash, finished_at } = run
  const values = [
    JSON.stringify(steps),
    cost_micros,
    policy_version,
    tries,
    due_at,
    state,
    reason,
    input_hash,
    finished_at,
  ]
  await tx.query(saveStatement, [tx.workspaceId, run.id, ...values, leaseSeconds !== null, leaseSeconds ?? 0])
}

const hashesStatement: Statement = {
  name: 'list_enrichment_hashes',
  text: `SELECT DISTINCT ON (lead_id) lead_id, input_hash FROM enrichment_runs
    WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[]) ORDER BY lead_id, id DESC`,
}

/** What each of these leads was last asked with. */
export async function listLastHashes(tx: Tx, leadIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.query<{ lead_id: string; input_hash: string }>(hashesStatement, [tx.workspaceId, leadIds])
  return new Map(rows.map(({ lead_id, input_hash }) => [lead_id, input_hash]))
}
