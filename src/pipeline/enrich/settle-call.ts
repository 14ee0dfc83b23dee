/** After a call, in one transaction under the fence of the claim: what it meant, what it cost, what it filled. */
import type { Ctx } from '../../ctx.ts'
import type { Tx } from '../../db/client.ts'
import { type CallResult, judgeCall } from '../../domain/enrichment/providers/call-verdict.ts'
import { type FoundValues, readResponse } from '../../domain/enrichment/providers/read-response.ts'
import { identitiesOf } from '../../domain/intake.ts'
import { findWritePolicy, rulesOf } from '../custom-fields.ts'
import { loadDesk, onDesk } from '../desk.ts'
import { writeDesk } from '../write-desk.ts'
import { findAccountById } from './account-of-lead.ts'
import { rememberAnswer } from './answer-queries.ts'
import { note, type PreparedCall } from './prepare-call.ts'
import { lockRun, type RunClaim, saveRun } from './run-queries.ts'
import { endCall, noteHealth } from './spend-queries.ts'
import { leftOut, writeFound } from './write-found.ts'

/** Our lease ran out and another worker took over: its result counts, ours is rolled back. */
export class ClaimLost extends Error {}

/** Writes what came of a call. Throws ClaimLost; then the call stays in the meter as one that may have been made. */
export async function settleCall(
  ctx: Ctx,
  tx: Tx,
  claim: RunClaim,
  prepared: PreparedCall,
  result: CallResult & { durationMs: number },
): Promise<void> {
  const now = ctx.now()
  const { call, provider, policy } = prepared
  const found = result.ok && result.isJson ? await readAnswer(tx, prepared, result.json) : null
  const desk = await loadDesk(tx, found === null ? [] : identitiesOf({ phone: found.fields.phone ?? null }, []), [
    claim.lead_id,
  ])
  const run = await lockRun(tx, claim)
  if (run === undefined) throw new ClaimLost('the lease was lost')
  const verdict = judgeCall(provider, result, found !== null && holdsValues(found), now)
  await noteHealth(tx, provider.key, verdict, now)
  const cost = await endCall(tx, call, verdict.isCharged)
  run.cost_micros += cost
  const values = verdict.outcome === 'found' ? found : null
  const account = values === null ? null : await findAccountById(tx, onDesk(desk, run.lead_id).lead.account_id)
  const written =
    values === null ? null : await writeFound(tx, desk, run.lead_id, values, { policy, provider, account }, now)
  if (verdict.outcome === 'found' || verdict.outcome === 'empty') {
    const seconds = values === null ? provider.empty_cache_seconds : provider.cache_seconds
    const { question } = prepared
    await rememberAnswer(tx, { question, provider: provider.key, values, seconds, leadId: run.lead_id }, now)
  }
  note(run, provider.key, verdict.outcome, verdict.reason, now, cost, {
    fields: written?.fields ?? [],
    kept: written?.kept ?? (found === null ? [] : leftOut(found)),
    duration_ms: Math.round(result.durationMs),
  })
  const { lead, stored } = onDesk(desk, run.lead_id)
  if (lead !== stored) await writeDesk(tx, desk, now)
  await saveRun(tx, run, ctx.config.LEASE_SECONDS)
}

async function readAnswer(tx: Tx, { provider, country }: PreparedCall, json: unknown): Promise<FoundValues> {
  const rules = rulesOf(await findWritePolicy(tx, tx.workspaceId), 'lead')
  return readResponse(provider, json, rules, country)
}

function holdsValues({ fields, custom_fields, account }: FoundValues): boolean {
  return [fields, custom_fields, account].some((map) =>
    Object.values(map).some((value) => value !== null && value !== undefined),
  )
}
