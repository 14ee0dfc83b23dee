// Why a lead came to whom: every rule that was looked at, and every candidate with the one reason why it was not taken.
// It is kept for ever, so it is stored small: one letter for each member, in the order of the pool in the version of the
// teams that the assignment names, and details only where there are some.

/** Why a candidate was not taken, as the first filter that stopped it. New reasons are added at the end. */
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

/** One candidate. */
export interface Candidate {
  user_id: string
  reason: CandidateReason
  /** What the reason is about: `open`, `day`, `week`, `territory`, `language`, `skill shoes`, `refused`. */
  detail: string | null
  /** When it ends by itself. */
  until: string | null
  /** Turn before this lead; null where nobody looked at it. */
  pass: number | null
}

export const RULE_OUTCOMES = ['not_matched', 'assigned', 'nobody', 'waiting', 'unknown_target'] as const

/** What became of one rule. */
export interface RuleVerdict {
  /** Key of the rule; null is the default target. */
  rule_key: string | null
  outcome: (typeof RULE_OUTCOMES)[number]
}

/** The candidates that a rule asked: the members of a pool, or one seller (`pool_key` null). */
export interface Trial {
  rule_key: string | null
  pool_key: string | null
  candidates: Candidate[]
}

/** A trial as stored. */
export interface PackedTrial {
  rule_key: string | null
  pool_key: string | null
  /** The seller who was asked alone; null for a pool. */
  user_id: string | null
  /** Place in CANDIDATE_REASONS as a letter from `a`, for each candidate. */
  reasons: string
  /** The lowest pass, and how much higher that of each candidate is. */
  base: number
  /**
   * In base 36 and separated by blanks, nothing between two blanks where nobody looked; empty when nobody looked at all.
   * As text because fifty numbers of JSON cost the database more than the rest of the assignment; older ones are such.
   */
  passes: string | (number | null)[]
  /** By the place of the candidate. */
  details: Record<string, string>
  untils: Record<string, string>
}

export interface Explanation {
  rules: RuleVerdict[]
  trials: PackedTrial[]
}

const FIRST_LETTER = 'a'.charCodeAt(0)
const LETTERS = new Map(CANDIDATE_REASONS.map((reason, i) => [reason, String.fromCharCode(FIRST_LETTER + i)]))

const RADIX = 36

/** A trial in its stored form. */
export function packTrial({ rule_key, pool_key, candidates }: Trial): PackedTrial {
  const details: Record<string, string> = {}
  const untils: Record<string, string> = {}
  const base = candidates.reduce((lowest, { pass }) => (pass !== null && pass < lowest ? pass : lowest), Infinity)
  const letters = candidates.map(({ reason, detail, until }, i) => {
    if (detail !== null) details[i] = detail
    if (until !== null) untils[i] = until
    return LETTERS.get(reason)
  })
  const passes =
    base === Infinity
      ? ''
      : candidates.map(({ pass }) => (pass === null ? '' : (pass - base).toString(RADIX))).join(' ')
  return {
    rule_key,
    pool_key,
    user_id: pool_key === null ? (candidates[0]?.user_id ?? null) : null,
    reasons: letters.join(''),
    base: base === Infinity ? 0 : base,
    passes,
    details,
    untils,
  }
}

/** The trial again; `members` are those of its pool in the version of the teams that decided. */
export function unpackTrial(packed: PackedTrial, members: readonly string[]): Trial {
  const { rule_key, pool_key, user_id, reasons, base, details, untils } = packed
  const users = user_id === null ? members : [user_id]
  const passes = readPasses(packed.passes)
  return {
    rule_key,
    pool_key,
    candidates: users.map((id, i) => {
      const pass = passes[i] ?? null
      return {
        user_id: id,
        reason: CANDIDATE_REASONS[reasons.charCodeAt(i) - FIRST_LETTER] ?? 'unknown',
        detail: details[i] ?? null,
        until: untils[i] ?? null,
        pass: pass === null ? null : base + pass,
      }
    }),
  }
}

function readPasses(passes: PackedTrial['passes']): readonly (number | null)[] {
  if (typeof passes !== 'string') return passes
  return passes === '' ? [] : passes.split(' ').map((text) => (text === '' ? null : Number.parseInt(text, RADIX)))
}
