// Where a lead goes next. One function decides every move: the automatic ones (wherever a gate is open), those that a
// program asks for, and those of sales. The verdict names every transition that was considered and what stands in its way.
import type { ConditionFacts } from '../condition/condition-facts.ts'
import { matchesCondition } from '../condition/evaluate-condition.ts'
import { nextTimeChange } from '../condition/next-change.ts'
import {
  type CompiledLifecycle,
  findStage,
  type LifecyclePolicy,
  type Mover,
  type Transition,
} from './lifecycle-policy.ts'
import type { FrameworkVerdict } from './qualification.ts'

/** Why a transition cannot be made now. */
export type StageObstacle =
  | 'unknown_stage'
  | 'not_defined'
  | 'not_permitted'
  | 'reason_required'
  | 'unknown_reason'
  | 'skips_stages'
  | 'goes_backwards'
  | 'cooling_down'
  | 'gate_closed'
  | 'framework_incomplete'
  | 'criteria_not_met'

/** The lead as far as its stage depends on it. */
export interface StageFacts {
  stage_key: string
  /** When it last moved, null when it never did. */
  moved_at: string | null
  conditions: ConditionFacts
  statuses: Readonly<Record<string, string>>
  verdicts: Readonly<Record<string, FrameworkVerdict>>
}

export interface StageWish {
  by: Mover
  /** Null goes wherever the first open transition leads. */
  to: string | null
  reason: string | null
}

export interface RejectedTransition {
  /** Key of the transition; null when there is none to that stage. */
  transition: string | null
  to: string
  obstacles: StageObstacle[]
}

export interface StageVerdict {
  move: { to: string; transition: string } | null
  rejected: RejectedTransition[]
}

/** Transition of a lead whose stage the policy does not know. */
export const ENTRY = 'entry'

/** The move that is made, if any. */
export function decideStage(lifecycle: CompiledLifecycle, facts: StageFacts, wish: StageWish, now: Date): StageVerdict {
  const { policy } = lifecycle
  if (wish.by === 'automatic' && findStage(policy, facts.stage_key) === undefined) {
    return { move: { to: policy.initial_stage, transition: ENTRY }, rejected: [] }
  }
  if (wish.to !== null && findStage(policy, wish.to) === undefined) return refused(wish.to, 'unknown_stage')
  const rejected: RejectedTransition[] = []
  for (const [index, transition] of policy.transitions.entries()) {
    if (!isCandidate(transition, facts.stage_key, wish)) continue
    const obstacles = obstaclesOf(lifecycle, index, facts, wish, now)
    if (obstacles.length === 0) return { move: { to: transition.to, transition: transition.key }, rejected }
    rejected.push({ transition: transition.key, to: transition.to, obstacles })
  }
  if (wish.to !== null && rejected.length === 0) return refused(wish.to, 'not_defined')
  return { move: null, rejected }
}

const refused = (to: string, obstacle: StageObstacle): StageVerdict => ({
  move: null,
  rejected: [{ transition: null, to, obstacles: [obstacle] }],
})

/**
 * What leaves this stage for the wanted one; by itself nothing moves that only people may move. Who asks for the stage that
 * the lead is in begins a new stay there.
 */
function isCandidate({ from, to, by }: Transition, stage: string, wish: StageWish): boolean {
  if (from.length > 0 && !from.includes(stage)) return false
  return wish.to === null ? to !== stage && by.includes(wish.by) : to === wish.to
}

/** Everything that stands in the way of one transition. */
export function obstaclesOf(
  { policy, gates }: CompiledLifecycle,
  index: number,
  facts: StageFacts,
  wish: StageWish,
  now: Date,
): StageObstacle[] {
  const transition = policy.transitions[index]
  const gate = gates[index]
  if (transition === undefined || gate === undefined) return ['not_defined']
  const obstacles: StageObstacle[] = []
  if (!transition.by.includes(wish.by)) obstacles.push('not_permitted')
  obstacles.push(...obstaclesOfReason(policy, transition, wish))
  obstacles.push(...obstaclesOfOrder(policy, facts.stage_key, transition.to))
  if (wish.by === 'automatic' && coolsUntil(policy, facts) > now.getTime()) obstacles.push('cooling_down')
  if (!matchesCondition(gate, facts.conditions, now)) obstacles.push('gate_closed')
  if (transition.framework !== null && !(facts.verdicts[transition.framework]?.[transition.framework_needs] ?? false)) {
    obstacles.push('framework_incomplete')
  }
  if (transition.criteria.some((key) => facts.statuses[key] !== 'met')) obstacles.push('criteria_not_met')
  return obstacles
}

function obstaclesOfReason({ reasons }: LifecyclePolicy, transition: Transition, wish: StageWish): StageObstacle[] {
  if (wish.by === 'automatic') return []
  if (wish.reason === null) return transition.reason_required ? ['reason_required'] : []
  const isKnown = reasons.length === 0 || reasons.some(({ key }) => key === wish.reason)
  return isKnown ? [] : ['unknown_reason']
}

function obstaclesOfOrder(policy: LifecyclePolicy, from: string, to: string): StageObstacle[] {
  const path = policy.stages.filter(({ kind }) => kind === 'path').map(({ key }) => key)
  const [here, there] = [path.indexOf(from), path.indexOf(to)]
  if (here === -1 || there === -1) return []
  if (there < here) return policy.no_backwards ? ['goes_backwards'] : []
  return policy.no_skip && there > here + 1 ? ['skips_stages'] : []
}

const coolsUntil = ({ cool_down_seconds }: LifecyclePolicy, { moved_at }: StageFacts) =>
  moved_at === null ? 0 : Date.parse(moved_at) + cool_down_seconds * 1000

/** The next moment at which time alone may open an automatic transition, epoch milliseconds; null when none can. */
export function nextStageChange({ policy, gates }: CompiledLifecycle, facts: StageFacts, now: Date): number | null {
  const automatic: StageWish = { by: 'automatic', to: null, reason: null }
  const turns = policy.transitions.flatMap((transition, i) => {
    const gate = gates[i]
    if (gate === undefined || !isCandidate(transition, facts.stage_key, automatic)) return []
    const turn = nextTimeChange(gate, facts.conditions, now)
    return [...(turn === null ? [] : [turn.getTime()]), coolsUntil(policy, facts)]
  })
  const ahead = turns.filter((turn) => turn > now.getTime())
  return ahead.length === 0 ? null : Math.min(...ahead)
}
