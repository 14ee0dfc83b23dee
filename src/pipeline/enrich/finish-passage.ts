/** A run that has nobody left to ask: it ends with a receipt, or waits for providers that may answer later. */
import type { Tx } from '../../db/client.ts'
import { ENRICHMENT_KEY, type EnrichmentPolicy } from '../../domain/enrichment/providers/enrichment-policy.ts'
import { endOf, type RunStep } from '../../domain/enrichment/providers/enrichment-run.ts'
import { newId } from '../../domain/new-id.ts'
import { nameVersion } from '../../domain/policy.ts'
import { type Desk, onDesk } from '../desk.ts'
import { insertRows } from '../desk-queries.ts'
import { inputHashOf } from './input-hash.ts'
import { type EnrichmentRun, planRuns, saveRun } from './run-queries.ts'

/** Wait before the next passage in seconds, doubled each time up to an hour. */
const RETRY_SECONDS = 30
const LONGEST_WAIT_SECONDS = 3_600
const DAY_MS = 86_400_000
/** Kept in a receipt: it is small. */
const MOST_REJECTED = 40

/** Ends a run, or puts it off when somebody may still answer. */
export async function finishPassage(
  tx: Tx,
  { run, desk, policy, now }: { run: EnrichmentRun; desk: Desk; policy: EnrichmentPolicy; now: Date },
): Promise<void> {
  if (mayTryAgain(run, policy)) {
    const seconds = Math.min(RETRY_SECONDS * 2 ** run.tries, LONGEST_WAIT_SECONDS)
    const due_at = new Date(now.getTime() + seconds * 1_000).toISOString()
    await saveRun(tx, { ...run, tries: run.tries + 1, due_at }, null)
    return
  }
  const { lead } = onDesk(desk, run.lead_id)
  const input_hash = inputHashOf(policy, run.policy_version ?? 0, lead)
  const end = { ...run, ...endOf(run.steps), input_hash, finished_at: now.toISOString() }
  await saveRun(tx, end, null)
  if (run.steps.length > 0) await tellEnd(tx, end, now)
  if (policy.refresh_after_days === null) return
  const due_at = new Date(now.getTime() + policy.refresh_after_days * DAY_MS).toISOString()
  const next = {
    id: newId(),
    lead_id: run.lead_id,
    cause: 'refresh' as const,
    actor: 'system',
    fresh: false,
    input_hash,
    due_at,
  }
  await planRuns(tx, [next], now)
}

function mayTryAgain({ steps, tries }: EnrichmentRun, { providers }: EnrichmentPolicy): boolean {
  return steps.some(({ provider, outcome, round }) => {
    if (outcome !== 'postponed' || round !== tries) return false
    const limit = providers.find(({ key }) => key === provider)?.max_attempts ?? 0
    return steps.filter((step) => step.provider === provider).length < limit
  })
}

/** Providers that gave nothing, and values that were not taken. */
function rejectedBy({ provider, outcome, reason, fields, kept = [] }: RunStep): Record<string, unknown>[] {
  const values = kept.map((value) => ({ provider, ...value }))
  return fields.length > 0 || values.length > 0 ? values : [{ provider, outcome, reason }]
}

/** The receipt of a run, and its line in the timeline when it found something. */
async function tellEnd(tx: Tx, run: EnrichmentRun, now: Date): Promise<void> {
  const at = now.toISOString()
  const receipt_id = newId()
  const fields = [...new Set(run.steps.flatMap((step) => step.fields))]
  const place = { key: ENRICHMENT_KEY, version: run.policy_version ?? 0 }
  await insertRows(tx, 'receipts', [
    {
      id: receipt_id,
      lead_id: run.lead_id,
      kind: 'enrich',
      decided_at: at,
      policy: nameVersion('enrichment', place),
      inputs: { enrichment_run_id: run.id, cause: run.cause },
      outcome: { state: run.state, reason: run.reason, fields, cost_micros: run.cost_micros },
      rejected: run.steps.flatMap(rejectedBy).slice(0, MOST_REJECTED),
    },
  ])
  if (fields.length === 0) return
  const line = { type: 'lead_enriched', subject: null, data: { changed_fields: fields, enrichment_run_id: run.id } }
  await insertRows(tx, 'activities', [
    { id: newId(), lead_id: run.lead_id, occurred_at: at, actor: 'system', ...line, receipt_id },
  ])
}
