// A quiet lead cools by itself. When its score turns next is computed from the same functions that score it, and the lead
// is judged again then: at the moment at which grade, band or a threshold that somebody asks about is crossed, and, while
// points only fade, once a day.

import { DAY_MS } from '../condition/moment.ts'
import { nextTimeChange } from '../condition/next-change.ts'
import { nextTurnOf } from './activity-days.ts'
import { judgeAxes, type ScoreFacts, type ScoreVerdict, sumEngagement, sumFit } from './calculate-score.ts'
import type { CompiledScoreModel } from './compile-score-model.ts'

/** Numbers that other policies compare a score with: crossing one matters as much as a band. */
export interface WatchedScores {
  total: readonly number[]
  fit: readonly number[]
  engagement: readonly number[]
  /** Whether anybody asks for a grade, or whether there is a score at all: then the first one is news, whatever it is. */
  firstCounts: boolean
}

export const NOTHING_WATCHED: WatchedScores = { total: [], fit: [], engagement: [], firstCounts: false }

/** A crossing is found to the second. */
const PRECISION_MS = 1_000
/** Looks within a day; negative rules fade upwards, so a sum may turn twice. */
const LOOKS = [DAY_MS / 4, DAY_MS / 2, (3 * DAY_MS) / 4, DAY_MS]
/** Further looks for what fades slowly; three years on, whatever is left changes nothing. */
const FAR_LOOKS_DAYS = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]

/** The next moment after `now` at which the score is to be calculated again, or null when it never changes by itself. */
export function nextScoreChange(
  compiled: CompiledScoreModel,
  facts: ScoreFacts,
  now: Date,
  watched: WatchedScores = NOTHING_WATCHED,
): Date | null {
  const next = Math.min(
    nextFitTurn(compiled, facts, now),
    nextEngagementTurn(compiled, facts, now.getTime()),
    nextFade(compiled, facts, now, watched),
  )
  return next === Infinity ? null : new Date(Math.max(next, now.getTime() + 1))
}

function nextFitTurn({ fit }: CompiledScoreModel, facts: ScoreFacts, now: Date): number {
  let next = Infinity
  for (const { condition } of fit) {
    const turn = condition === null ? null : nextTimeChange(condition, facts.conditions, now)
    if (turn !== null) next = Math.min(next, turn.getTime())
  }
  return next
}

function nextEngagementTurn({ engagement }: CompiledScoreModel, facts: ScoreFacts, at: number): number {
  return Math.min(Infinity, ...engagement.map((rule) => nextTurnOf(rule, facts.daysOf(rule), at)))
}

/** When fading alone changes something: a crossing to the second, any other change of the number within a day. */
function nextFade(compiled: CompiledScoreModel, facts: ScoreFacts, now: Date, watched: WatchedScores): number {
  const fades = compiled.engagement.some((rule) => rule.half_life_days !== null && facts.daysOf(rule).length > 0)
  if (!fades) return Infinity
  const start = now.getTime()
  const fit = sumFit(compiled, facts, now)
  const engagementAt = (at: number) => sumEngagement(compiled, facts, at)
  const standAt = (at: number) => standOf(judgeAxes(compiled.model, fit, engagementAt(at)), watched)
  const [stand, engagement] = [standAt(start), engagementAt(start)]
  let before = start
  for (const look of LOOKS) {
    if (standAt(start + look) !== stand) return bisect(before, start + look, (at) => standAt(at) !== stand)
    before = start + look
  }
  if (engagementAt(before) !== engagement) return before
  for (const days of FAR_LOOKS_DAYS) {
    const look = start + days * DAY_MS
    if (engagementAt(look) !== engagement) return bisect(before, look, (at) => engagementAt(at) !== engagement)
    before = look
  }
  return Infinity
}

/** Everything about a score that somebody acts on, as one text. */
export function standOf({ total, fit, engagement, grade, band }: ScoreVerdict, watched: WatchedScores): string {
  const numbers = [reached(watched.total, total), reached(watched.fit, fit), reached(watched.engagement, engagement)]
  return [grade, band, ...numbers].join(' ')
}

/** Below, at and above a number are three stands: conditions may ask for any of them. */
const reached = (numbers: readonly number[], value: number) => numbers.map((n) => Math.sign(value - n)).join('')

/** The first moment, to the second, at which `turned` holds; it does not at `low` and does at `high`. */
function bisect(low: number, high: number, turned: (at: number) => boolean): number {
  let [from, to] = [low, high]
  while (to - from > PRECISION_MS) {
    const middle = Math.floor((from + to) / 2)
    if (turned(middle)) to = middle
    else from = middle
  }
  return to
}
