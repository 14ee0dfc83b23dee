/**
 * Money and manners. The price of a call is taken from the day's budget by one conditional update before the call is
 * made, so any number of parallel calls never spends more than it holds; it goes back when nothing was owed.
 */
import type { Statement, Tx } from '../../db/client.ts'
import { BREAKER, breakerPause } from '../../domain/enrichment/providers/call-verdict.ts'

/** The meter of all providers together. */
const ALL_PROVIDERS = '*'

const takeStatement: Statement = {
  name: 'take_enrichment_budget',
  text: `INSERT INTO enrichment_meters (workspace_id, day, provider_key, spent_micros, calls)
    SELECT $1, $2::date, $3, $4::bigint, 1 WHERE $5::bigint IS NULL OR $4::bigint <= $5
    ON CONFLICT (workspace_id, day, provider_key) DO UPDATE SET
      spent_micros = enrichment_meters.spent_micros + excluded.spent_micros, calls = enrichment_meters.calls + 1
    WHERE $5::bigint IS NULL OR enrichment_meters.spent_micros + excluded.spent_micros <= $5
    RETURNING spent_micros`,
}
const giveBackStatement: Statement = {
  name: 'give_back_enrichment_budget',
  text: `UPDATE enrichment_meters SET spent_micros = spent_micros - $4, calls = calls - $5
    WHERE workspace_id = $1 AND day = $2::date AND provider_key = ANY($3::text[])`,
}

export interface Price {
  day: string
  provider: string
  micros: number
  budgets: { all: number | null; provider: number | null }
}

/** Takes the price of a call from both budgets; false when one of them cannot bear it. */
export async function takeBudget(tx: Tx, { day, provider, micros, budgets }: Price): Promise<boolean> {
  const take = async (key: string, budget: number | null) =>
    (await tx.query(takeStatement, [tx.workspaceId, day, key, micros, budget])).length === 1
  if (!(await take(ALL_PROVIDERS, budgets.all))) return false
  if (await take(provider, budgets.provider)) return true
  await tx.query(giveBackStatement, [tx.workspaceId, day, [ALL_PROVIDERS], micros, 1])
  return false
}

const insertCallStatement: Statement = {
  name: 'insert_enrichment_call',
  text: `INSERT INTO enrichment_calls (workspace_id, id, run_id, provider_key, day, price_micros, state, created_at)
    VALUES ($1, $2, $3, $4, $5::date, $6, 'begun', $7)`,
}
const endCallStatement: Statement = {
  name: 'end_enrichment_call',
  text: `UPDATE enrichment_calls SET state = $3 WHERE workspace_id = $1 AND id = $2 AND state = 'begun' RETURNING price_micros`,
}
const doubtStatement: Statement = {
  name: 'doubt_enrichment_calls',
  text: `UPDATE enrichment_calls SET state = 'in_doubt' WHERE workspace_id = $1 AND run_id = $2 AND state = 'begun'
    RETURNING provider_key AS provider, price_micros AS micros`,
}

export interface BegunCall {
  id: string
  runId: string
  provider: string
  day: string
  micros: number
}

/** Notes that a call is about to be made. */
export async function beginCall(tx: Tx, { id, runId, provider, day, micros }: BegunCall, now: Date): Promise<void> {
  await tx.query(insertCallStatement, [tx.workspaceId, id, runId, provider, day, micros, now.toISOString()])
}

/** Notes what a call came to; its price goes back when nothing was owed. Returns what it cost. */
export async function endCall(tx: Tx, { id, provider, day, micros }: BegunCall, isCharged: boolean): Promise<number> {
  const rows = await tx.query(endCallStatement, [tx.workspaceId, id, isCharged ? 'charged' : 'released'])
  if (rows.length === 0) return 0
  if (isCharged) return micros
  await tx.query(giveBackStatement, [tx.workspaceId, day, [ALL_PROVIDERS, provider], micros, 0])
  return 0
}

/** Calls of a run that were begun and never ended: a process died in between. They stay paid for. */
export async function doubtCalls(tx: Tx, runId: string): Promise<{ provider: string; micros: number }[]> {
  return await tx.query(doubtStatement, [tx.workspaceId, runId])
}

// A provider that rested because of faults is tried by one call first: it rests on until that call has ended.
const enterStatement: Statement = {
  name: 'enter_enrichment_provider',
  text: `INSERT INTO enrichment_providers AS p (workspace_id, provider_key, faults, resting_until, window_start, window_calls)
    VALUES ($1, $2, 0, NULL, $3::timestamptz, 1)
    ON CONFLICT (workspace_id, provider_key) DO UPDATE SET
      window_start = CASE WHEN p.window_start + $5 * interval '1 second' <= $3 THEN $3 ELSE p.window_start END,
      window_calls = CASE WHEN p.window_start + $5 * interval '1 second' <= $3 THEN 1 ELSE p.window_calls + 1 END,
      resting_until = CASE WHEN p.faults >= ${BREAKER.faults} THEN $3 + interval '20 seconds' ELSE p.resting_until END
    WHERE (p.resting_until IS NULL OR p.resting_until <= $3)
      AND ($4::int IS NULL OR p.window_calls < $4 OR p.window_start + $5 * interval '1 second' <= $3)
    RETURNING faults`,
}
const waitStatement: Statement = {
  name: 'find_enrichment_wait',
  text: `SELECT resting_until, window_start + $3 * interval '1 second' AS window_end FROM enrichment_providers
    WHERE workspace_id = $1 AND provider_key = $2`,
}

export type Entry = { ok: true } | { ok: false; isResting: boolean; until: string }

/** Takes a place in a provider's rate, unless it rests or its window is full. */
export async function enterProvider(
  tx: Tx,
  provider: { key: string; rate_calls: number | null; rate_seconds: number },
  now: Date,
): Promise<Entry> {
  const at = now.toISOString()
  const { key, rate_calls, rate_seconds } = provider
  const entered = await tx.query(enterStatement, [tx.workspaceId, key, at, rate_calls, rate_seconds])
  if (entered.length === 1) return { ok: true }
  const [row] = await tx.query<{ resting_until: string | null; window_end: string }>(waitStatement, [
    tx.workspaceId,
    key,
    rate_seconds,
  ])
  const resting = row?.resting_until ?? null
  if (resting !== null && resting > at) return { ok: false, isResting: true, until: resting }
  return { ok: false, isResting: false, until: row?.window_end ?? at }
}

// A call that went well ends the rest that faults brought, not the one that the provider asked for.
const healthStatement: Statement = {
  name: 'save_enrichment_health',
  text: `UPDATE enrichment_providers SET faults = CASE WHEN $3::boolean THEN faults + 1 ELSE 0 END,
      resting_until = CASE WHEN $4::timestamptz IS NOT NULL THEN greatest(resting_until, $4::timestamptz)
        WHEN faults >= ${BREAKER.faults} THEN NULL ELSE resting_until END
    WHERE workspace_id = $1 AND provider_key = $2`,
}
const faultsStatement: Statement = {
  name: 'lock_enrichment_health',
  text: 'SELECT faults FROM enrichment_providers WHERE workspace_id = $1 AND provider_key = $2 FOR UPDATE',
}

/** Notes how a call went for the provider's health. Returns until when it is left alone now, null when it is not. */
export async function noteHealth(
  tx: Tx,
  provider: string,
  { isFault, pauseSeconds }: { isFault: boolean; pauseSeconds: number | null },
  now: Date,
): Promise<string | null> {
  const [row] = await tx.query<{ faults: number }>(faultsStatement, [tx.workspaceId, provider])
  const faults = isFault ? (row?.faults ?? 0) + 1 : 0
  const seconds = pauseSeconds ?? breakerPause(faults)
  const until = seconds === 0 ? null : new Date(now.getTime() + seconds * 1_000).toISOString()
  await tx.query(healthStatement, [tx.workspaceId, provider, isFault, until])
  return until
}
