// Which member of a pool gets a lead. The hard filters say who could, stickiness and strategy say who is best, and among
// the best the turn decides. Afterwards the turn of the chosen one moves on, and those who could take nothing lose what
// the pool does not let them catch up.
import type { Candidate, CandidateReason } from './explanation.ts'
import { type Demand, findObstacle, levelOf, type Obstacle } from './filter-candidates.ts'
import type { SkillWish } from './routing-policy.ts'
import type { CompiledPool, PoolMemberOnDuty, Standing } from './routing-world.ts'
import type { Pool } from './team-document.ts'
import { chooseTurn, enterAt, holdBack, strideOf, type Turn } from './turn.ts'

export interface PoolDemand extends Omit<Demand, 'must_match' | 'respect_hours'> {
  /** Who owned this lead before, and who owns its company; what the pool's stickiness asks for. */
  previousOwner: string | null
  accountOwner: string | null
}

export interface PoolChoice {
  /** Place in the pool; null when nobody could. */
  chosen: number | null
  candidates: Candidate[]
  pass_before: number | null
  pass_after: number | null
  /** When the first obstacle ends by itself, epoch milliseconds. */
  retryAt: number | null
}

/** Chooses, and moves the turns of the pool on; the desk of the chosen one is the caller's to count. */
export function chooseMember(compiled: CompiledPool, given: PoolDemand, standing: Standing): PoolChoice {
  const { pool, members } = compiled
  const demand: Demand = { ...given, must_match: pool.must_match, respect_hours: pool.respect_hours }
  const candidates: Candidate[] = []
  const able: number[] = []
  let retryAt: number | null = null
  for (const member of members) {
    const obstacle = findObstacle(member, demand, standing)
    if (obstacle === null) able.push(candidates.length)
    else if (obstacle.until !== null && (retryAt === null || obstacle.until < retryAt)) retryAt = obstacle.until
    candidates.push(toCandidate(member.user_id, obstacle))
  }
  if (able.length === 0) return { chosen: null, candidates, pass_before: null, pass_after: null, retryAt }
  const turns = turnsOf(compiled, candidates, standing)
  for (const i of able) (candidates[i] as Candidate).pass = (turns[i] as Turn).pass
  const chosen = chooseAble(compiled, able, turns, candidates, given, standing)
  const { user_id, weight } = members[chosen] as PoolMemberOnDuty
  const before = (turns[chosen] as Turn).pass
  const after = before + strideOf(weight)
  standing.decisions += 1
  settleTurns(compiled, candidates, turns, standing)
  standing.turns.get(pool.key)?.set(user_id, { pass: after, last: standing.decisions })
  return { chosen, candidates, pass_before: before, pass_after: after, retryAt }
}

/** Who could take the lead is `chosen` until somebody better is found. */
const toCandidate = (user_id: string, obstacle: Obstacle | null): Candidate => ({
  user_id,
  reason: obstacle?.reason ?? 'chosen',
  detail: obstacle?.detail ?? null,
  until: obstacle?.until == null ? null : new Date(obstacle.until).toISOString(),
  pass: null,
})

/** Obstacles of the seller, not of this lead: who meets one could not have taken any lead now. */
const IS_AWAY: ReadonlySet<CandidateReason> = new Set(['inactive', 'absent', 'off_hours', 'at_capacity', 'unknown'])

const isAway = (candidates: readonly Candidate[], i: number): boolean =>
  IS_AWAY.has((candidates[i] as Candidate).reason)

/** Where each member stands; newcomers enter at the lowest pass of those who are there. */
function turnsOf({ pool, members }: CompiledPool, candidates: readonly Candidate[], standing: Standing): Turn[] {
  const known = standing.turns.get(pool.key)
  const turns = members.map(({ user_id }) => known?.get(user_id))
  if (!turns.includes(undefined)) return turns as Turn[]
  const passes = (isCounted: (i: number) => boolean) =>
    turns.flatMap((turn, i) => (turn !== undefined && isCounted(i) ? [turn.pass] : []))
  const present = passes((i) => !isAway(candidates, i))
  const entry = enterAt(present.length > 0 ? present : passes(() => true))
  return turns.map((turn) => turn ?? { pass: entry, last: 0 })
}

/** Who was away keeps only the claim that the pool allows, measured against those who were there. */
function settleTurns(
  { pool, members }: CompiledPool,
  candidates: readonly Candidate[],
  turns: readonly Turn[],
  standing: Standing,
): void {
  const known = standing.turns.get(pool.key) ?? new Map<string, Turn>()
  standing.turns.set(pool.key, known)
  const floor = turns.reduce(
    (lowest, { pass }, i) => (isAway(candidates, i) ? lowest : Math.min(lowest, pass)),
    Infinity,
  )
  const leads = pool.catch_up === 'capped' ? pool.catch_up_leads : 0
  turns.forEach(({ pass, last }, i) => {
    const { user_id, weight } = members[i] as PoolMemberOnDuty
    const keeps = pool.catch_up === 'full' || !isAway(candidates, i)
    const kept = keeps ? pass : holdBack(pass, floor, weight, leads)
    if (kept !== pass || !known.has(user_id)) known.set(user_id, { pass: kept, last })
  })
}

/** Among those who could: stickiness, strategy, turn. Tells the others their reasons, and returns the place of the chosen one. */
function chooseAble(
  { pool, members }: CompiledPool,
  able: readonly number[],
  turns: readonly Turn[],
  candidates: readonly Candidate[],
  demand: PoolDemand,
  standing: Standing,
): number {
  const tell = (i: number, reason: CandidateReason) => {
    ;(candidates[i] as Candidate).reason = reason
  }
  const sticky = stickyOwner(pool, demand)
  const kept = sticky === null ? undefined : able.find((i) => members[i]?.user_id === sticky)
  if (kept !== undefined) {
    for (const i of able) if (i !== kept) tell(i, 'not_sticky')
    return kept
  }
  const { best, reason } = keepBest(pool, members, able, demand, standing)
  // Who is not among the best keeps the reason of the strategy; the best are told theirs below.
  for (const i of able) tell(i, reason)
  for (const i of best) tell(i, 'higher_pass')
  const chosen = chooseTurn({ members, turns }, best, (i) => tell(i, 'ahead_of_share'))
  tell(chosen, 'chosen')
  return chosen
}

function stickyOwner({ sticky }: Pool, { previousOwner, accountOwner }: PoolDemand): string | null {
  if (sticky === 'previous_owner') return previousOwner
  return sticky === 'account_owner' ? accountOwner : null
}

/** Those who are equally good by the strategy, and what the others are. */
function keepBest(
  { strategy }: Pool,
  members: readonly PoolMemberOnDuty[],
  able: readonly number[],
  { skills }: PoolDemand,
  standing: Standing,
): { best: readonly number[]; reason: CandidateReason } {
  const lowest = (cost: (member: PoolMemberOnDuty) => number, reason: CandidateReason) => {
    const costs = able.map((i) => cost(members[i] as PoolMemberOnDuty))
    const least = Math.min(...costs)
    return { best: able.filter((_, j) => costs[j] === least), reason }
  }
  switch (strategy) {
    case 'least_loaded':
      return lowest(({ user_id, weight }) => (standing.loads.get(user_id)?.open ?? 0) / weight, 'more_loaded')
    case 'best_match':
      return lowest(({ onDuty }) => -scoreSkills(skills, onDuty?.seller.skills ?? {}), 'lower_score')
    case 'priority':
      return lowest(({ priority }) => priority, 'lower_priority')
    case 'round_robin':
      return { best: able, reason: 'higher_pass' }
  }
}

/** How well skills meet the wishes, 0 to 100: the levels, weighed by their importance. */
export function scoreSkills(wishes: readonly SkillWish[], skills: Readonly<Record<string, number>>): number {
  let [sum, importance] = [0, 0]
  for (const wish of wishes) {
    sum += wish.importance * levelOf(skills, wish.skill)
    importance += wish.importance
  }
  return importance === 0 ? 0 : sum / importance
}
