// A lifecycle is data: stages in the order of the way to a customer, exits beside it (disqualified, recycled), and the
// transitions that exist, each with who may make it, what must be true, and whether a reason is asked for. What is no
// transition cannot happen.
import type { CompiledCondition } from '../condition/compiled-condition.ts'
import type { Condition } from '../condition/condition-shape.ts'
import type { QualificationPolicy } from './qualification.ts'

/** Who moves a lead: the pipeline by itself, a program with a key, or sales by accepting, rejecting and recycling. */
export const MOVERS = ['automatic', 'key', 'sales'] as const
export type Mover = (typeof MOVERS)[number]

/** `path` stages are ranked by their order; an `exit` has no rank, so nothing is skipped or reversed by leaving it. */
export const STAGE_KINDS = ['path', 'exit'] as const
export type StageKind = (typeof STAGE_KINDS)[number]

export interface Stage {
  key: string
  label: string
  kind: StageKind
  /** Whoever comes here from a stage that is not qualified is told as `lead.qualified`. */
  qualified: boolean
}

export interface Transition {
  key: string
  /** Stages that it leaves; empty means every other one. */
  from: string[]
  to: string
  by: Mover[]
  gate: Condition | null
  /** Framework whose verdict must be `complete` or `qualified`; null asks for none. */
  framework: string | null
  framework_needs: FrameworkNeed
  /** Criteria that must be met, beside the framework. */
  criteria: string[]
  reason_required: boolean
}

export const FRAMEWORK_NEEDS = ['complete', 'qualified'] as const
export type FrameworkNeed = (typeof FRAMEWORK_NEEDS)[number]

export interface StageReason {
  key: string
  label: string
  /** Where a rejection for this reason leads; null leaves it to the caller. */
  to: string | null
  /** A lead that is recycled for this reason comes back after so many days; null never by itself. */
  wake_after_days: number | null
}

export interface LifecyclePolicy extends QualificationPolicy {
  title: string
  /** Stage of a lead that is in none of these stages. */
  initial_stage: string
  stages: Stage[]
  transitions: Transition[]
  /** True refuses moves along the path that leave out a stage. */
  no_skip: boolean
  /** True refuses moves along the path towards its beginning. */
  no_backwards: boolean
  /** An automatic move waits so long after the last move. */
  cool_down_seconds: number
  /** Where acceptance by sales leads. */
  accept_stage: string
  /** Where recycling leads, and a rejection whose reason names no stage. */
  recycle_stage: string
  /** Reasons that may be given; empty takes any. */
  reasons: StageReason[]
}

/** A policy with its gates ready to be evaluated, in the order of its transitions. */
export interface CompiledLifecycle {
  /** `lifecycle@<version>`, named in receipts. */
  name: string
  policy: LifecyclePolicy
  gates: readonly CompiledCondition[]
}

/** The stage of this key. */
export function findStage(policy: LifecyclePolicy, key: string): Stage | undefined {
  return policy.stages.find((stage) => stage.key === key)
}
