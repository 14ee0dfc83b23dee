/**
 * Scores all leads anew after a publication: walks over them by id in stretches, in bounded memory. PostgreSQL tells
 * which of a stretch may differ at all (candidate-queries.ts); these are settled, a part in each transaction, while the
 * next stretch is looked at. A model that was retired loses its scores instead.
 */
import type { Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import type { PolicyKind } from '../../domain/policy.ts'
import type { OperationRunner, ReportProgress, RunningOperation } from '../../operations/run-operations.ts'
import { followPolicies, type PolicyBook, readPolicies } from '../../policies/published-policies.ts'
import { withJourney } from '../with-journey.ts'
import { BEFORE_ALL, type Candidate, findStretch, listCandidates, type Stretch } from './candidate-queries.ts'
import { dropScores } from './drop-scores.ts'
import { countAllLeads } from './lead-page-queries.ts'
import { findRescoreModel } from './score-page.ts'
import { settleScores } from './settle-scores.ts'
import { watchedScores } from './watched-scores.ts'

/** The kind of these operations. */
export const RESCORE = 'score_rescore'

/** How many leads are done with at once. */
export interface RescorePace {
  /** Leads that one statement looks at. */
  stretch: number
  /** Leads that one transaction settles, holding their locks. */
  part: number
}

/** Either takes a fraction of a second. */
const PACE: RescorePace = { stretch: 20_000, part: 2_000 }

interface Progress {
  after: string | null
  scored: number
  changed: number
}

/** Runs a rescore; `operation.input.model_key` names the model. */
export const rescoreLeads = rescoreLeadsBy(PACE)

/** The same at a pace of one's own. */
export function rescoreLeadsBy(pace: RescorePace): OperationRunner {
  return { kind: RESCORE, run: (ctx, operation, report) => rescore(ctx, operation, report, pace) }
}

async function rescore(
  ctx: Ctx,
  operation: RunningOperation,
  report: ReportProgress,
  pace: RescorePace,
): Promise<Record<string, unknown>> {
  const { model_key } = operation.input as { model_key: string }
  const lookAfter = (after: string | null) => look(ctx, operation.workspaceId, model_key, after, pace)
  const total = await withWorkspace(ctx.db, operation.workspaceId, countAllLeads)
  let progress = (operation.checkpoint as Progress | null) ?? { after: null, scored: 0, changed: 0 } // we wrote it
  let looking = lookAfter(progress.after)
  for (;;) {
    const seen = await looking
    if (seen === 'retired') progress = await dropAll(ctx, operation, report, progress, pace)
    if (seen === 'retired' || seen === 'end') return { scored: progress.scored, changed: progress.changed }
    looking = lookAfter(seen.last)
    looking.catch(() => undefined) // it fails whoever waits for it
    progress = await settleStretch(ctx, operation, report, seen, { before: progress, total, pace })
  }
}

type Seen = Stretch & { candidates: Candidate[] }

/** Looks at the next stretch; locks nothing. */
async function look(
  ctx: Ctx,
  workspaceId: string,
  key: string,
  after: string | null,
  { stretch: most }: RescorePace,
): Promise<Seen | 'retired' | 'end'> {
  return await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const model = await findRescoreModel(tx, onlyModel(await readPolicies(tx), key))
    if (model === undefined) return 'retired'
    const stretch = await findStretch(tx, after ?? BEFORE_ALL, most)
    if (stretch === undefined) return 'end'
    return { ...stretch, candidates: await listCandidates(tx, stretch, model, ctx.now()) }
  })
}

/** Settles the candidates of a stretch; a run that is cut off begins the stretch anew, and finds less that differs. */
async function settleStretch(
  ctx: Ctx,
  operation: RunningOperation,
  report: ReportProgress,
  { candidates, last, count }: Seen,
  { before, total, pace }: { before: Progress; total: number; pace: RescorePace },
): Promise<Progress> {
  const { model_key } = operation.input as { model_key: string }
  let { changed } = before
  for (let start = 0; ; start += pace.part) {
    const part = candidates.slice(start, start + pace.part)
    const isLast = start + pace.part >= candidates.length
    const scored = before.scored + (isLast ? count : Math.floor((count * (start + pace.part)) / candidates.length))
    const next = await withJourney(ctx.db, operation.workspaceId, async (tx) => {
      const differing = await settlePart(tx, model_key, part, ctx.now())
      const next = { ...(isLast ? { after: last, scored } : before), changed: changed + differing }
      await report(tx, { processed: scored, total: Math.max(total, scored), checkpoint: { ...next } })
      return next
    })
    if (isLast) return next
    changed = next.changed
  }
}

async function settlePart(tx: Tx, key: string, candidates: readonly Candidate[], now: Date): Promise<number> {
  if (candidates.length === 0) return 0
  await followPolicies(tx)
  const policies = await readPolicies(tx)
  const model = await findRescoreModel(tx, onlyModel(policies, key))
  // Retired since: the rescore that follows drops its scores.
  return model === undefined ? 0 : await settleScores(tx, model, candidates, watchedScores(policies), now)
}

/** Drops the scores of a model that nobody follows. */
async function dropAll(
  ctx: Ctx,
  operation: RunningOperation,
  report: ReportProgress,
  from: Progress,
  pace: RescorePace,
): Promise<Progress> {
  const { model_key } = operation.input as { model_key: string }
  for (let progress = from; ; ) {
    const next = await withJourney(ctx.db, operation.workspaceId, async (tx) => {
      const dropped = await dropScores(tx, model_key, progress.after, pace.part, ctx.now())
      const last = dropped.at(-1)
      if (last === undefined) return null
      const next = { after: last, scored: progress.scored, changed: progress.changed + dropped.length }
      await report(tx, { processed: next.changed, total: next.changed, checkpoint: { ...next } })
      return next
    })
    if (next === null) return progress
    progress = next
  }
}

/** A book in which one score model is all that is followed: nothing else is loaded for a rescore. */
export function onlyModel(policies: PolicyBook, key: string): PolicyBook {
  return {
    of: <Definition extends object>(kind: PolicyKind) =>
      kind === 'score_model' ? policies.of<Definition>(kind).filter((policy) => policy.key === key) : [],
  }
}
