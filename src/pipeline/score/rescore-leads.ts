/**
 * Scores all leads anew after a publication: walks over them by id, in bounded memory, and writes only what differs.
 * Most leads are calculated without a lock; those whose score differs are locked and judged by the score stage, with
 * fresh facts, so that nothing decided meanwhile is overwritten. Whoever crosses something that other policies ask about
 * is marked as work for them. A model that was retired loses its scores instead.
 */
import type { Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import type { PolicyKind } from '../../domain/policy.ts'
import { NOTHING_WATCHED, standOf, type WatchedScores } from '../../domain/scoring/next-score-change.ts'
import { DEFAULT_MODEL_KEY } from '../../domain/scoring/score-model.ts'
import type { OperationRunner, ReportProgress, RunningOperation } from '../../operations/run-operations.ts'
import { type PolicyBook, readPolicies } from '../../policies/published-policies.ts'
import { openJudgeDesk } from '../judge/open-judge-desk.ts'
import { runStages } from '../judge/run-stages.ts'
import { markWork } from '../mark-work.ts'
import { withJourney } from '../with-journey.ts'
import { dropScores } from './drop-scores.ts'
import { countAllLeads, lockFreeLeads, wakeLeads } from './lead-page-queries.ts'
import { type ReadyModel, scoreLead } from './score-leads.ts'
import { readScorePage, type ScorePage } from './score-page.ts'
import { scoreStageOf } from './score-stage.ts'
import { watchedScores } from './watched-scores.ts'

/** The kind of these operations. */
export const RESCORE = 'score_rescore'

/** Leads of one transaction: requests of the same process wait for what is calculated in between, some 20 ms. */
const PAGE = 1_500

interface Progress {
  after: string | null
  scored: number
  changed: number
}

/** Runs a rescore; `operation.input.model_key` names the model. */
export const rescoreLeads: OperationRunner = {
  kind: RESCORE,
  run: async (ctx, operation, report) => {
    const total = await withWorkspace(ctx.db, operation.workspaceId, countAllLeads)
    let progress = (operation.checkpoint as Progress | null) ?? { after: null, scored: 0, changed: 0 } // we wrote it
    for (;;) {
      const next = await rescorePage(ctx, operation, report, progress, total)
      if (next === null) return { scored: progress.scored, changed: progress.changed }
      progress = next
    }
  },
}

async function rescorePage(
  ctx: Ctx,
  operation: RunningOperation,
  report: ReportProgress,
  before: Progress,
  total: number,
): Promise<Progress | null> {
  const { model_key } = operation.input as { model_key: string }
  return await withJourney(ctx.db, operation.workspaceId, async (tx) => {
    const now = ctx.now()
    const policies = await readPolicies(tx)
    if (!policies.of('score_model').some(({ key }) => key === model_key)) {
      return await dropPage(tx, model_key, report, before)
    }
    const page = await readScorePage(tx, onlyModel(policies, model_key), before.after, PAGE, now)
    if (page === null) return null
    const watched = watchedScores(policies)
    const differing = await findDiffering(tx, page, watched, now)
    const changed = await settleDiffering(tx, differing, model_key, watched, now)
    const progress = { after: page.last, scored: before.scored + page.leads.length, changed: before.changed + changed }
    const checkpoint = { ...progress }
    await report(tx, { processed: progress.scored, total: Math.max(total, progress.scored), checkpoint })
    return progress
  })
}

async function dropPage(tx: Tx, modelKey: string, report: ReportProgress, before: Progress): Promise<Progress | null> {
  const dropped = await dropScores(tx, modelKey, before.after, PAGE)
  const last = dropped.at(-1)
  if (last === undefined) return null
  const changed = before.changed + dropped.length
  const progress = { after: last, scored: before.scored, changed }
  await report(tx, { processed: changed, total: changed, checkpoint: { ...progress } })
  return progress
}

/** A book in which one score model is all that is followed: nothing else is loaded for a rescore. */
export function onlyModel(policies: PolicyBook, key: string): PolicyBook {
  return {
    of: <Definition extends object>(kind: PolicyKind) =>
      kind === 'score_model' ? policies.of<Definition>(kind).filter((policy) => policy.key === key) : [],
  }
}

/** Ids of the leads whose score differs from the stored one; the others are only woken when they turn by themselves. */
async function findDiffering(tx: Tx, page: ScorePage, watched: WatchedScores, now: Date): Promise<string[]> {
  const wakes: { id: string; at: Date }[] = []
  const differing: string[] = []
  for (const model of page.models) {
    const numbers = watchedFor(model, watched)
    for (const lead of page.leads) {
      const scored = scoreLead(page.book, model, lead, now)
      const at = scored.next(numbers)
      if (at !== null) wakes.push({ id: lead.id, at })
      if (scored.differs) differing.push(lead.id)
    }
  }
  await wakeLeads(tx, wakes)
  return differing
}

/** Conditions read the default score only. */
const watchedFor = ({ key }: Pick<ReadyModel, 'key'>, watched: WatchedScores): WatchedScores =>
  key === DEFAULT_MODEL_KEY ? watched : NOTHING_WATCHED

const isWatched = ({ total, engagement }: WatchedScores) => total.length + engagement.length > 0

/** Judges the leads that differ by this model alone; leads that another writer has are left to the judge. */
async function settleDiffering(
  tx: Tx,
  ids: string[],
  modelKey: string,
  watched: WatchedScores,
  now: Date,
): Promise<number> {
  if (ids.length === 0) return 0
  const locked = (await lockFreeLeads(tx, ids)).map((found) => ({ ...found, reasons: ['policy'] }))
  const taken = new Set(locked.map(({ lead }) => lead.id))
  const crossed: string[] = []
  if (locked.length > 0) {
    const desk = await openJudgeDesk(tx, locked, now, { narrow: (policies) => onlyModel(policies, modelKey) })
    const stage = scoreStageOf((lead, { before, verdict }) => {
      const isNews =
        before === undefined
          ? verdict.band !== null || isWatched(watched)
          : standOf(before, watched) !== standOf(verdict, watched)
      if (isNews) crossed.push(lead.id)
    })
    await runStages(tx, [stage], desk)
  }
  const theirs = ids.filter((id) => !taken.has(id))
  await markWork(tx, [...crossed, ...theirs].sort(), 'policy')
  return ids.length
}
