// Where a lead goes: the first rule whose condition holds, else the default target. A rule that finds nobody says what
// then. What nobody can take is unroutable, with the moment at which somebody might; it is never silently left alone.
import type { CompiledCondition } from '../condition/compiled-condition.ts'
import { chooseMember, type PoolDemand } from './choose-member.ts'
import type { Candidate, RuleVerdict, Trial } from './explanation.ts'
import { findObstacle } from './filter-candidates.ts'
import { dayNumber, mondayNumber } from './local-day.ts'
import type { IfNobody, RoutingTarget, SkillWish } from './routing-policy.ts'
import type { Crew, Standing } from './routing-world.ts'

/** A rule made ready. */
export interface CompiledRule {
  key: string
  /** Null: the condition names what is no field any more, so it holds for nobody. */
  when: CompiledCondition | null
  target: RoutingTarget
  skills: readonly SkillWish[]
  if_nobody: IfNobody
  wait_seconds: number | null
}

/** What is to be routed; `matches` answers a condition about the lead. */
export interface RoutingCase extends Omit<PoolDemand, 'skills'> {
  matches(condition: CompiledCondition): boolean
  /** Since when it waits, epoch milliseconds; null when it does not. */
  waitingSince: number | null
}

export interface RoutingVerdict {
  outcome: 'user' | 'queue' | 'buyer' | 'waiting' | 'unroutable'
  /** The rule that decided, or that it waits for; null is the default target. */
  rule_key: string | null
  user_id: string | null
  pool_key: string | null
  buyer_key: string | null
  strategy: string | null
  pass_before: number | null
  pass_after: number | null
  rules: RuleVerdict[]
  trials: Trial[]
  /** When it should be tried again, epoch milliseconds; null when time alone changes nothing. */
  retryAt: number | null
}

const NOWHERE = {
  user_id: null,
  pool_key: null,
  buyer_key: null,
  strategy: null,
  pass_before: null,
  pass_after: null,
  retryAt: null,
} as const

/** Routes a lead, and moves turns and desks on. */
export function routeLead(
  rules: readonly CompiledRule[],
  defaultTarget: RoutingTarget,
  given: RoutingCase,
  crew: Crew,
  standing: Standing,
): RoutingVerdict {
  const trail: Trail = { rules: [], trials: [], retryAt: null }
  for (const rule of rules) {
    if (rule.when === null || !given.matches(rule.when)) {
      trail.rules.push({ rule_key: rule.key, outcome: 'not_matched' })
      continue
    }
    const found = tryTarget(rule.key, rule.target, rule.skills, { given, crew, standing, trail })
    if (found !== null) return found
    if (rule.if_nobody === 'next') continue
    if (rule.if_nobody === 'default' || hasWaitedEnough(rule, given)) break
    return waitFor(rule, given, trail)
  }
  const found = tryTarget(null, defaultTarget, [], { given, crew, standing, trail })
  return found ?? { ...NOWHERE, outcome: 'unroutable', rule_key: null, ...trail }
}

interface Trail {
  rules: RuleVerdict[]
  trials: Trial[]
  retryAt: number | null
}

interface Attempt {
  given: RoutingCase
  crew: Crew
  standing: Standing
  trail: Trail
}

function hasWaitedEnough({ wait_seconds }: CompiledRule, { waitingSince, now }: RoutingCase): boolean {
  return wait_seconds !== null && waitingSince !== null && now >= waitingSince + wait_seconds * 1000
}

function waitFor(rule: CompiledRule, { waitingSince, now }: RoutingCase, trail: Trail): RoutingVerdict {
  const verdict = trail.rules.at(-1)
  if (verdict !== undefined) verdict.outcome = 'waiting'
  const end = rule.wait_seconds === null ? null : (waitingSince ?? now) + rule.wait_seconds * 1000
  const retryAt = sooner(trail.retryAt, end)
  return { ...NOWHERE, outcome: 'waiting', rule_key: rule.key, pool_key: rule.target.pool_key, ...trail, retryAt }
}

const sooner = (a: number | null, b: number | null): number | null => (a === null || (b !== null && b < a) ? b : a)

/** What a target makes of the lead; null when nobody there can take it. */
function tryTarget(
  key: string | null,
  target: RoutingTarget,
  skills: readonly SkillWish[],
  attempt: Attempt,
): RoutingVerdict | null {
  const { trail, given } = attempt
  const done = (verdict: Omit<RoutingVerdict, 'rule_key' | 'rules' | 'trials' | 'retryAt'>): RoutingVerdict => {
    trail.rules.push({ rule_key: key, outcome: 'assigned' })
    return { ...verdict, rule_key: key, rules: trail.rules, trials: trail.trials, retryAt: null }
  }
  const fail = (outcome: RuleVerdict['outcome']): null => {
    trail.rules.push({ rule_key: key, outcome })
    return null
  }
  switch (target.kind) {
    case 'queue': {
      const pool = attempt.crew.pools.get(target.pool_key ?? '')
      // Where nobody may pull, the lead would wait for ever and nobody would know.
      if (!pool?.members.some(({ onDuty }) => onDuty?.seller.active)) return fail(pool ? 'nobody' : 'unknown_target')
      return done({ ...NOWHERE, outcome: 'queue', pool_key: target.pool_key })
    }
    case 'buyer':
      return done({ ...NOWHERE, outcome: 'buyer', buyer_key: target.buyer_key })
    case 'pool': {
      const choice = tryPool(key, target.pool_key ?? '', skills, attempt)
      return choice === undefined ? fail('unknown_target') : choice === null ? fail('nobody') : done(choice)
    }
    default: {
      const userId = userOf(target, given)
      const isTaken = userId !== null && tryUser(key, userId, skills, attempt)
      return isTaken ? done({ ...NOWHERE, outcome: 'user', user_id: userId }) : fail('nobody')
    }
  }
}

function userOf({ kind, user_id }: RoutingTarget, { accountOwner, previousOwner }: RoutingCase): string | null {
  if (kind === 'account_owner') return accountOwner
  return kind === 'previous_owner' ? previousOwner : user_id
}

function tryPool(key: string | null, poolKey: string, skills: readonly SkillWish[], attempt: Attempt) {
  const { given, crew, standing, trail } = attempt
  const compiled = crew.pools.get(poolKey)
  if (compiled === undefined) return undefined
  const choice = chooseMember(compiled, { ...given, skills }, standing)
  trail.trials.push({ rule_key: key, pool_key: poolKey, candidates: choice.candidates })
  trail.retryAt = sooner(trail.retryAt, choice.retryAt)
  const userId = choice.chosen === null ? undefined : compiled.members[choice.chosen]?.user_id
  if (userId === undefined) return null
  countLead(userId, attempt)
  const { pass_before, pass_after } = choice
  const { strategy } = compiled.pool
  return { ...NOWHERE, outcome: 'user' as const, user_id: userId, pool_key: poolKey, strategy, pass_before, pass_after }
}

function tryUser(key: string | null, userId: string, skills: readonly SkillWish[], attempt: Attempt): boolean {
  const { given, crew, standing, trail } = attempt
  const demand = { ...given, skills, must_match: [], respect_hours: true }
  const obstacle = findObstacle({ user_id: userId, onDuty: crew.sellers.get(userId) }, demand, standing)
  const candidate: Candidate = {
    user_id: userId,
    reason: obstacle?.reason ?? 'chosen',
    detail: obstacle?.detail ?? null,
    until: obstacle?.until == null ? null : new Date(obstacle.until).toISOString(),
    pass: null,
  }
  trail.trials.push({ rule_key: key, pool_key: null, candidates: [candidate] })
  trail.retryAt = sooner(trail.retryAt, obstacle?.until ?? null)
  if (obstacle !== null) return false
  standing.decisions += 1
  countLead(userId, attempt)
  return true
}

/** One more on the desk of this seller, today and this week. */
function countLead(userId: string, { given, crew, standing }: Attempt): void {
  const zone = crew.sellers.get(userId)?.zone ?? 'UTC'
  const day = dayNumber(zone, given.now)
  const week = mondayNumber(day)
  const load = standing.loads.get(userId) ?? { open: 0, day, day_count: 0, week, week_count: 0 }
  standing.loads.set(userId, {
    open: load.open + 1,
    day,
    day_count: (load.day === day ? load.day_count : 0) + 1,
    week,
    week_count: (load.week === week ? load.week_count : 0) + 1,
  })
}
