// Why a lead came to whom: every rule that was looked at, and every candidate with the one reason why it was not taken.
// It is kept for ever, so it is stored small: candidates by their place in the pool of a named version of the teams.

/** Why a candidate was not taken, as the first filter that stopped it. */
export const CANDIDATE_REASONS = [
  'chosen',
  'inactive',
  'absent',
  'off_hours',
  'not_matched',
  'at_capacity',
  'excluded',
  'ahead_of_share',
  'higher_pass',
  'more_loaded',
  'lower_score',
  'lower_priority',
  'not_sticky',
  'unknown',
] as const
export type CandidateReason = (typeof CANDIDATE_REASONS)[number]

/** One candidate of a pool. */
export interface Candidate {
  user_id: string
  reason: CandidateReason
  /** What the reason is about: `open`, `day`, `week`, `territory`, `language`, `condition`, `skill`, ... */
  detail: string | null
  /** When an absence or off hours end. */
  until: string | null
  /** Turn before this lead; null where the candidate got no look at its turn. */
  pass: number | null
}

/** What became of one rule. */
export interface RuleVerdict {
  /** Key of the rule; null is the default target. */
  rule_key: string | null
  outcome: 'not_matched' | 'assigned' | 'nobody' | 'waiting' | 'unknown_target'
}

/** The candidates of one pool that was asked. */
export interface PoolTrial {
  pool_key: string
  strategy: string
  candidates: Candidate[]
}

export interface Explanation {
  rules: RuleVerdict[]
  trials: PackedTrial[]
}

/** A trial as stored: one letter a candidate, in the order of the pool's members, and details where there are some. */
export interface PackedTrial {
  pool_key: string
  strategy: string
  /** Place of each letter in CANDIDATE_REASONS, as a letter from `a`. */
  reasons: string
  passes: (number | null)[]
  details: Record<string, string>
  untils: Record<string, string>
}
