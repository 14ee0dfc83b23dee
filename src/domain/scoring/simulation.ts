// What would change under a draft: every lead is scored by both models and folded into counts, so that a simulation of a
// million leads is as small as one of ten. Plain data, so that it can be kept between two steps.
import type { ScoreVerdict } from './calculate-score.ts'

/** Points of one bar of the distribution. */
const BAR = 10
/** Leads that are shown: those that move most, and a few of every move between bands. */
const MOST_MOVERS = 20
const SAMPLE = 5

export interface ScoreMove {
  lead_id: string
  /** Null for a lead that has no score yet. */
  from: number | null
  to: number
}

export interface ScoreSimulation {
  leads: number
  changed: number
  up: number
  down: number
  total_before: number
  total_after: number
  /** Lower end of a bar -> leads before and after. */
  distribution: Record<string, [number, number]>
  grades: Record<string, [number, number]>
  /** `warm>hot` -> how many, and some of them; none is written `-`. */
  moves: Record<string, { count: number; sample: string[] }>
  movers: ScoreMove[]
}

/** A simulation of nobody. */
export function emptySimulation(): ScoreSimulation {
  return {
    leads: 0,
    changed: 0,
    up: 0,
    down: 0,
    total_before: 0,
    total_after: 0,
    distribution: {},
    grades: {},
    moves: {},
    movers: [],
  }
}

/** Adds one lead to a simulation, in place. */
export function addToSimulation(
  simulation: ScoreSimulation,
  leadId: string,
  before: ScoreVerdict | null,
  after: ScoreVerdict,
): void {
  const delta = after.total - (before?.total ?? 0)
  simulation.leads++
  simulation.total_before += before?.total ?? 0
  simulation.total_after += after.total
  if (delta > 0) simulation.up++
  if (delta < 0) simulation.down++
  if (delta !== 0 || before?.grade !== after.grade || before.band !== after.band) simulation.changed++
  count(simulation.distribution, before && barOf(before.total), barOf(after.total))
  count(simulation.grades, before?.grade ?? null, after.grade)
  addMove(simulation, leadId, before?.band ?? null, after.band)
  if (delta !== 0) addMover(simulation, { lead_id: leadId, from: before?.total ?? null, to: after.total })
}

const barOf = (total: number) => String(Math.floor(total / BAR) * BAR)

function count(counts: Record<string, [number, number]>, before: string | null, after: string): void {
  for (const [side, name] of [before, after].entries()) {
    if (name === null) continue
    const pair = counts[name] ?? [0, 0]
    pair[side === 0 ? 0 : 1]++
    counts[name] = pair
  }
}

function addMove({ moves }: ScoreSimulation, leadId: string, from: string | null, to: string | null): void {
  const name = `${from ?? '-'}>${to ?? '-'}`
  const move = moves[name] ?? { count: 0, sample: [] }
  move.count++
  // Who stays is no news.
  if (from !== to && move.sample.length < SAMPLE) move.sample.push(leadId)
  moves[name] = move
}

const distanceOf = ({ from, to }: ScoreMove) => Math.abs(to - (from ?? 0))

function addMover(simulation: ScoreSimulation, mover: ScoreMove): void {
  const { movers } = simulation
  const least = movers.at(-1)
  if (movers.length >= MOST_MOVERS && least !== undefined && distanceOf(mover) <= distanceOf(least)) return
  movers.push(mover)
  movers.sort((a, b) => distanceOf(b) - distanceOf(a))
  if (movers.length > MOST_MOVERS) movers.pop()
}
