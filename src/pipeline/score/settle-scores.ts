/**
 * Scores leads anew by one model and writes what differs. Most are calculated without a lock; those whose score differs
 * are locked and scored again with what is known then, so that nothing decided meanwhile is overwritten. Who comes into
 * another band is judged by the score stage itself, which tells everybody; leads that another writer has are left to the
 * judge, and so is everything else that others decide by a score.
 */
import type { Tx } from '../../db/client.ts'
import { NOTHING_WATCHED, standOf, type WatchedScores } from '../../domain/scoring/next-score-change.ts'
import { DEFAULT_MODEL_KEY } from '../../domain/scoring/score-model.ts'
import { openJudgeDesk } from '../judge/open-judge-desk.ts'
import { runStages } from '../judge/run-stages.ts'
import { markWork } from '../mark-work.ts'
import type { Candidate } from './candidate-queries.ts'
import { lockFreeLeads, wakeLeads } from './lead-page-queries.ts'
import { type ScoredLead, scoreLead } from './score-leads.ts'
import { type RescoreModel, readScorePage, type ScorePage } from './score-page.ts'
import { type ScoreRow, writeScores } from './score-queries.ts'
import { scoreStage } from './score-stage.ts'

/** Leads that are read while those before them are calculated, and written while those after them are. */
const PART = 500

/** Settles these leads in the caller's transaction; returns how many of them differ. */
export async function settleScores(
  tx: Tx,
  model: RescoreModel,
  candidates: readonly Candidate[],
  watched: WatchedScores,
  now: Date,
): Promise<number> {
  const round: Round = { tx, model, watched, now, wakes: [], crossing: [], marked: [] }
  const sure = candidates.filter(({ is_sure }) => is_sure).map(({ id }) => id)
  const found = await findDiffering(
    round,
    candidates.filter(({ is_sure }) => !is_sure).map(({ id }) => id),
  )
  const differing = [...sure, ...found].sort()
  await writeDiffering(round, differing)
  await judgeCrossing(round)
  await wakeLeads(tx, round.wakes.sort(byId))
  await markWork(tx, round.marked.sort(), 'policy')
  return differing.length
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)

/** One transaction, and what it has found so far. */
interface Round {
  readonly tx: Tx
  readonly model: RescoreModel
  readonly watched: WatchedScores
  readonly now: Date
  /** When leads turn by themselves. */
  readonly wakes: { id: string; at: Date }[]
  /** Leads that come into another band. */
  readonly crossing: string[]
  /** Leads that others are to decide about. */
  readonly marked: string[]
}

/** Ids of the leads whose score differs from the stored one; the others are only woken when they turn. */
async function findDiffering(round: Round, ids: readonly string[]): Promise<string[]> {
  const differing: string[] = []
  for await (const page of readAhead(round, ids, false)) {
    for (const [id, scored] of scoresOf(round, page)) {
      if (scored.differs) differing.push(id)
      else wake(round, id, scored)
    }
  }
  return differing
}

async function writeDiffering(round: Round, ids: readonly string[]): Promise<void> {
  const { tx, marked } = round
  const free = new Set<string>()
  const writes: Promise<void>[] = []
  for await (const page of readAhead(round, ids, true)) {
    const rows: ScoreRow[] = []
    for (const [id, scored] of scoresOf(round, page)) {
      free.add(id)
      wake(round, id, scored)
      if (!scored.differs) continue
      if (isNews(round, scored)) marked.push(id)
      if (scored.verdict.band === (scored.before?.band ?? null)) rows.push(scored.makeRow())
      else round.crossing.push(id)
    }
    writes.push(quiet(writeScores(tx, rows)))
  }
  await Promise.all(writes)
  marked.push(...ids.filter((id) => !free.has(id)))
}

/** The pages of these leads; each is asked for before the one before it is done with. */
async function* readAhead({ tx, model, now }: Round, ids: readonly string[], lock: boolean): AsyncGenerator<ScorePage> {
  const read = (start: number) => quiet(readScorePage(tx, model, ids.slice(start, start + PART), now, lock))
  let next = ids.length === 0 ? null : read(0)
  for (let start = PART; next !== null; start += PART) {
    const page = next
    next = start < ids.length ? read(start) : null
    yield await page
  }
}

/** What fails while nobody waits for it fails whoever waits for it later. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}

function* scoresOf({ model, now }: Round, { leads, book }: ScorePage): Generator<[string, ScoredLead]> {
  for (const lead of leads) yield [lead.id, scoreLead(book, model, lead, now)]
}

function wake({ model, watched, wakes }: Round, id: string, scored: ScoredLead): void {
  // Conditions read the default score only.
  const at = scored.next(model.key === DEFAULT_MODEL_KEY ? watched : NOTHING_WATCHED)
  if (at !== null) wakes.push({ id, at })
}

/** Whether other policies may decide otherwise: they read the default score only. */
function isNews({ model, watched }: Round, { before, verdict }: ScoredLead): boolean {
  if (model.key !== DEFAULT_MODEL_KEY) return false
  if (before !== undefined) return standOf(before, watched) !== standOf(verdict, watched)
  const numbers = watched.total.length + watched.fit.length + watched.engagement.length
  return verdict.band !== null || numbers > 0 || watched.firstCounts
}

/** Part by part: whole leads with their receipts and changes are large. */
async function judgeCrossing({ tx, model, crossing, now }: Round): Promise<void> {
  for (let start = 0; start < crossing.length; start += PART) {
    const found = await lockFreeLeads(tx, crossing.slice(start, start + PART))
    const locked = found.map((one) => ({ ...one, reasons: ['policy'] }))
    const desk = await openJudgeDesk(tx, locked, now, { narrow: () => model.followed })
    await runStages(tx, [scoreStage], desk)
  }
}
