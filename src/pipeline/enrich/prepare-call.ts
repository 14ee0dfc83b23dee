/**
 * Before a call, in one transaction: which provider is next, does a remembered answer serve, may it be asked now, is there
 * money for it. Ends with a call to make, or with the run ended or put off.
 */
import { createHash } from 'node:crypto'
import type { Ctx } from '../../ctx.ts'
import type { Tx } from '../../db/client.ts'
import type { AccountFacts } from '../../domain/account.ts'
import { canonicalJson } from '../../domain/audit-entry.ts'
import { missingOf } from '../../domain/enrichment/providers/choose-values.ts'
import {
  type EnrichmentPolicy,
  type EnrichmentProvider,
  wantedOf,
} from '../../domain/enrichment/providers/enrichment-policy.ts'
import { isSettled, type RunStep } from '../../domain/enrichment/providers/enrichment-run.ts'
import {
  questionOf,
  type RenderedRequest,
  referencesOf,
  renderRequest,
} from '../../domain/enrichment/providers/request-template.ts'
import { newId } from '../../domain/new-id.ts'
import { openSecret } from '../../domain/sealed-secret.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { readPolicies } from '../../policies/published-policies.ts'
import { type Desk, loadDesk, onDesk } from '../desk.ts'
import { writeDesk } from '../write-desk.ts'
import { findAccountById } from './account-of-lead.ts'
import { findAnswer, listSealed } from './answer-queries.ts'
import { credentialPlace } from './credential-place.ts'
import { finishPassage } from './finish-passage.ts'
import { type EnrichmentRun, lockRun, type RunClaim, saveRun } from './run-queries.ts'
import { type BegunCall, beginCall, doubtCalls, enterProvider, takeBudget } from './spend-queries.ts'
import { writeFound } from './write-found.ts'

/** A call that is to be made, with all that settling it needs. */
export interface PreparedCall {
  call: BegunCall
  provider: EnrichmentProvider
  policy: EnrichmentPolicy
  /** Null for the page of a company. */
  request: RenderedRequest | null
  domain: string | null
  /** Default for phone numbers of the answer. */
  country: string | null
  question: string
}

interface Passage {
  ctx: Ctx
  tx: Tx
  run: EnrichmentRun
  desk: Desk
  policy: EnrichmentPolicy
  account: AccountFacts | null
  now: Date
}

/** Prepares the next call of a claimed run; null when there is none to make now. */
export async function prepareCall(ctx: Ctx, tx: Tx, claim: RunClaim): Promise<PreparedCall | null> {
  const now = ctx.now()
  const desk = await loadDesk(tx, [], [claim.lead_id])
  const run = await lockRun(tx, claim)
  if (run === undefined) return null
  const [published] = (await readPolicies(tx)).of<EnrichmentPolicy>('enrichment')
  if (published === undefined || onDesk(desk, claim.lead_id).lead.archived) {
    const reason = published === undefined ? 'no_policy' : 'lead_archived'
    await saveRun(tx, { ...run, state: 'skipped', reason, finished_at: now.toISOString() }, null)
    return null
  }
  const policy = published.definition
  const account = await findAccountById(tx, onDesk(desk, run.lead_id).lead.account_id)
  const passage = { ctx, tx, run: { ...run, policy_version: published.version }, desk, policy, account, now }
  await noteDoubts(passage)
  const prepared = await chooseCall(passage)
  // What remembered answers filled is written even when a call follows.
  const { lead, stored } = onDesk(desk, run.lead_id)
  if (lead !== stored) await writeDesk(tx, desk, now)
  if (prepared === 'later') return null
  if (prepared === null) await finishPassage(tx, passage)
  else await saveRun(tx, passage.run, leaseOf(ctx, prepared.provider))
  return prepared
}

/** A page takes the most: robots.txt and the page itself, each over two redirects. */
const MOST_EXCHANGES = 6

/** Longer than the call may take, so that nobody takes over a run that is being asked about. */
const leaseOf = ({ config }: Ctx, { timeout_ms }: EnrichmentProvider) =>
  Math.max(config.LEASE_SECONDS, Math.ceil(timeout_ms / 1_000) * MOST_EXCHANGES + 15)

async function noteDoubts({ tx, run, now }: Passage): Promise<void> {
  for (const { provider, micros } of await doubtCalls(tx, run.id)) {
    run.cost_micros += micros
    note(run, provider, 'in_doubt', 'interrupted', now, micros)
  }
}

/** Adds a step to the run. */
export function note(
  run: EnrichmentRun,
  provider: string,
  outcome: RunStep['outcome'],
  reason: string | null,
  now: Date,
  cost_micros = 0,
  more: Partial<RunStep> = {},
): void {
  const at = now.toISOString()
  const step = {
    provider,
    outcome,
    reason,
    fields: [],
    cost_micros,
    round: run.tries,
    remembered: false,
    at,
    duration_ms: null,
  }
  run.steps = [...run.steps, { ...step, ...more }]
}

/** The next call; null when nobody is left to ask, `later` when the run was put off. */
async function chooseCall(passage: Passage): Promise<PreparedCall | null | 'later'> {
  for (const provider of passage.policy.providers) {
    if (!provider.enabled || isDone(passage.run, provider) || !isUseful(passage, provider)) continue
    const call = await tryProvider(passage, provider)
    if (call !== null) return call
  }
  return null
}

function isDone({ steps, tries }: EnrichmentRun, { key, max_attempts }: EnrichmentProvider): boolean {
  const own = steps.filter(({ provider }) => provider === key)
  const isOver = own.some((step) => isSettled(step) || (step.outcome === 'postponed' && step.round === tries))
  return isOver || own.length >= max_attempts
}

/** Fresh asks everybody once; otherwise only who may fill what is missing. */
function isUseful({ run, desk, policy, account, now }: Passage, { fields }: EnrichmentProvider): boolean {
  if (run.fresh) return true
  const { lead, sources } = onDesk(desk, run.lead_id)
  const missing = missingOf(wantedOf(policy), lead, account && { ...account }, sources, now.toISOString())
  return fields.some(({ target }) => missing.includes(target))
}

async function tryProvider(passage: Passage, provider: EnrichmentProvider): Promise<PreparedCall | null | 'later'> {
  const { tx, run, desk, policy, now } = passage
  const skip = (reason: string) => {
    note(run, provider.key, 'not_asked', reason, now)
    return null
  }
  const { lead } = onDesk(desk, run.lead_id)
  const runId = encodeTypeId('enrichment_run', run.id)
  const { request } = provider
  if (request === null && lead.domain === null) return skip('missing_input')
  const open = request === null ? null : renderRequest(request, { lead, credentials: null, runId: '' })
  if (open !== null && !open.ok) return skip(open.reason)
  const question = hashOf([
    provider.key,
    provider.request,
    provider.fields,
    open === null ? lead.domain : questionOf(open.request),
  ])
  if (await answerFromMemory(passage, provider, question)) return null
  if (policy.max_cost_micros !== null && run.cost_micros + provider.price_micros > policy.max_cost_micros)
    return skip('cost_ceiling')
  const credentials = request === null ? new Map<string, string>() : await openCredentials(passage, request)
  const closed = request === null ? null : renderRequest(request, { lead, credentials, runId })
  if (closed !== null && !closed.ok) return skip(closed.reason)
  const entry = await enterProvider(tx, provider, now)
  if (!entry.ok) return await putOff(passage, provider, entry)
  const day = now.toISOString().slice(0, 10)
  const budgets = { all: policy.daily_budget_micros, provider: provider.daily_budget_micros }
  const price = { day, provider: provider.key, micros: provider.price_micros }
  if (!(await takeBudget(tx, { ...price, budgets }))) return skip('budget_exhausted')
  const call = { id: newId(), runId: run.id, ...price }
  await beginCall(tx, call, now)
  return {
    call,
    provider,
    policy,
    request: closed?.request ?? null,
    domain: lead.domain,
    country: lead.country,
    question,
  }
}

const hashOf = (parts: unknown[]) => createHash('sha256').update(canonicalJson(parts)).digest('base64url')

/** True when a remembered answer served. */
async function answerFromMemory(passage: Passage, provider: EnrichmentProvider, question: string): Promise<boolean> {
  const { tx, run, desk, policy, account, now } = passage
  const answer = run.fresh ? undefined : await findAnswer(tx, question, now)
  if (answer === undefined) return false
  const written =
    answer.values === null
      ? null
      : await writeFound(tx, desk, run.lead_id, answer.values, { policy, provider, account }, now)
  const outcome = written === null ? 'empty' : 'found'
  note(run, provider.key, outcome, null, now, 0, { remembered: true, ...written })
  passage.account = await findAccountById(tx, onDesk(desk, run.lead_id).lead.account_id)
  return true
}

async function openCredentials(
  { ctx, tx }: Passage,
  request: NonNullable<EnrichmentProvider['request']>,
): Promise<ReadonlyMap<string, string>> {
  const keys = referencesOf(request).flatMap(({ kind, name }) => (kind === 'credential' ? [name] : []))
  const rows = await listSealed(tx, [...new Set(keys)])
  return new Map(
    rows.map(({ credential_key, sealed }) => [
      credential_key,
      openSecret(ctx.secret, credentialPlace(tx.workspaceId, credential_key), sealed),
    ]),
  )
}

/** A full window is waited for; a provider that rests is passed over, and tried again when the run comes round. */
async function putOff(
  { tx, run, now }: Passage,
  provider: EnrichmentProvider,
  { isResting, until }: { isResting: boolean; until: string },
): Promise<null | 'later'> {
  if (isResting) {
    note(run, provider.key, 'postponed', 'resting', now)
    return null
  }
  await saveRun(tx, { ...run, due_at: until }, null)
  return 'later'
}
