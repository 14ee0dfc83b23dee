/**
 * Scores all leads anew after a publication: walks over them by id, in bounded memory, and writes only what differs.
 * Most leads are calculated without a lock; those whose score differs are locked and judged by the score stage, with
 * fresh facts, so that nothing decided meanwhile is overwritten. Whoever crosses something that other policies ask about
 * is marked as work for them.
 */
import type { Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import type { PolicyKind } from '../../domain/policy.ts'
import { NOTHING_WATCHED, standOf, type WatchedScores } from '../../domain/scoring/next-score-change.ts'
import { DEFAULT_MODEL_KEY, type ScoreModel } from '../../domain/scoring/score-model.ts'
import type { OperationRunner, ReportProgress, RunningOperation } from '../../operations/run-operations.ts'
import { type PolicyBook, readPolicies } from '../../policies/published-policies.ts'
import type { JudgeDesk } from '../judge/judge-desk.ts'
import { openJudgeDesk } from '../judge/open-judge-desk.ts'
import { runStages } from '../judge/run-stages.ts'
import { markWork } from '../mark-work.ts'
import { withJourney } from '../with-journey.ts'
import { countAllLeads, listLeadPage, lockFreeLeads, wakeLeads } from './lead-page-queries.ts'
import { loadScoreBook, type ReadyModel, readyModels, scoreLead } from './score-leads.ts'
import { scoreStageOf } from './score-stage.ts'
import { watchedScores } from './watched-scores.ts'

/** The kind of these operations. */
export const RESCORE = 'score_rescore'

/** Leads of one transaction: requests of the same process wait for what is calculated in between, some 20 ms. */
const PAGE = 500

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
    const page = await listLeadPage(tx, before.after, PAGE)
    const last = page.at(-1)
    if (last === undefined) return null
    const now = ctx.now()
    const desk = await openJudgeDesk(tx, page.map(unlocked), now, {
      narrow: (policies) => onlyModel(policies, model_key),
    })
    const watched = watchedScores(await readPolicies(tx))
    const differing = await findDiffering(tx, desk, watched)
    const changed = await settleDiffering(tx, differing, model_key, watched, now)
    const progress = { after: last.id, scored: before.scored + page.length, changed: before.changed + changed }
    const checkpoint = { ...progress }
    await report(tx, { processed: progress.scored, total: Math.max(total, progress.scored), checkpoint })
    return progress
  })
}

const unlocked = <Lead>(lead: Lead) => ({ lead, sources: {}, reasons: ['policy'] })

/** A book in which one score model is all that is followed: nothing else is loaded for a rescore. */
export function onlyModel(policies: PolicyBook, key: string): PolicyBook {
  return {
    of: <Definition extends object>(kind: PolicyKind) =>
      kind === 'score_model' ? policies.of<Definition>(kind).filter((policy) => policy.key === key) : [],
  }
}

/** Ids of the leads whose score differs from the stored one; the others are only woken when they turn by themselves. */
async function findDiffering(tx: Tx, desk: JudgeDesk, watched: WatchedScores): Promise<string[]> {
  const models = readyModels(desk.catalogue, desk.policies.of<ScoreModel>('score_model'))
  const book = await loadScoreBook(tx, [...desk.leads.keys()], models, desk.now)
  const wakes: { id: string; at: Date }[] = []
  const differing: string[] = []
  for (const { id, facts, reasons } of desk.leads.values()) {
    for (const model of models) {
      const scored = scoreLead(book, model, { id, conditions: facts, reasons }, desk.now)
      const at = scored.next(watchedFor(model, watched))
      if (at !== null) wakes.push({ id, at })
      if (scored.row !== null) differing.push(id)
    }
  }
  await wakeLeads(tx, wakes)
  return differing
}

/** Conditions read the default score only. */
const watchedFor = ({ key }: Pick<ReadyModel, 'key'>, watched: WatchedScores): WatchedScores =>
  key === DEFAULT_MODEL_KEY ? watched : NOTHING_WATCHED

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
      if (before === undefined || standOf(before, watched) !== standOf(verdict, watched)) crossed.push(lead.id)
    })
    await runStages(tx, [stage], desk)
  }
  const theirs = ids.filter((id) => !taken.has(id))
  await markWork(tx, [...crossed, ...theirs].sort(), 'policy')
  return ids.length
}
