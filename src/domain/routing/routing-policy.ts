// The rules of routing: which leads are routed, and in order, which lead goes where. The first rule whose condition holds
// decides; what no rule takes goes to the default target, which there always is. When nobody of a target can take the
// lead, the rule says what then: the default target, the next rule, or wait until somebody can.
import type { Condition } from '../condition/condition-shape.ts'

/** Where a rule sends a lead. */
export const TARGET_KINDS = ['user', 'pool', 'account_owner', 'previous_owner', 'queue', 'buyer'] as const
export type TargetKind = (typeof TARGET_KINDS)[number]

/** Tagged: `user` has `user_id`, `pool` and `queue` have `pool_key`, `buyer` has `buyer_key`; the others have none. */
export interface RoutingTarget {
  kind: TargetKind
  user_id: string | null
  pool_key: string | null
  buyer_key: string | null
}

/** What a lead asks of its seller: `best_match` weighs it, a minimum is a hard filter. */
export interface SkillWish {
  skill: string
  /** 1 to 10: how much it counts against the other wishes. */
  importance: number
  /** Least level, 0 to 100. */
  minimum: number
}

export const IF_NOBODY = ['default', 'next', 'wait'] as const
export type IfNobody = (typeof IF_NOBODY)[number]

export interface RoutingRule {
  key: string
  name: string
  /** Null holds for every lead. */
  when: Condition | null
  target: RoutingTarget
  skills: SkillWish[]
  if_nobody: IfNobody
  /** Longest wait before the default target is asked after all; null waits as long as it takes. */
  wait_seconds: number | null
}

export interface RoutingDefinition {
  /**
   * Which leads are routed when they have no owner; null: those in a qualified stage where a lifecycle is published,
   * else all.
   */
  when: Condition | null
  rules: RoutingRule[]
  default_target: RoutingTarget
  /** Custom field that holds what a lead is worth, a number; for the fairness report. */
  worth_field: string | null
}

export const ROUTING_LIMITS = { rules: 500, skills: 20, wait_seconds: 30 * 86_400 } as const

/** Stages in which a lead is worth a seller's time, when the policy does not say which leads are. */
export const QUALIFIED_STAGES: readonly string[] = ['mql', 'sal', 'sql', 'opportunity']
