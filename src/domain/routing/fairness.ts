// Is a rotation fair, and if not, why. Each decision of a pool owes every member the share of the weight. What a member
// did not get is put down to what stood in the way of that member at that decision, so that deviations explain
// themselves: four leads fewer, three of them for an absence, one for a full desk.
import type { CandidateReason } from './explanation.ts'

/** Reasons that are no obstacle: the member could have got this lead, and gets the next ones. */
const IS_TURN: ReadonlySet<CandidateReason> = new Set(['chosen', 'ahead_of_share', 'higher_pass'])

export interface MemberFairness {
  user_id: string
  /** Leads by weight, had nobody ever been away. */
  expected: number
  received: number
  /** Expected leads that went to others, by what stood in the way. */
  lost: Map<CandidateReason, number>
  /** Leads that came because others could not take theirs. */
  gained: number
  worth: number
  scores: number[]
}

export interface FairnessEntry {
  members: readonly { user_id: string; weight: number; reason: CandidateReason }[]
  score: number | null
  worth: number | null
}

const blank = (user_id: string): MemberFairness => ({
  user_id,
  expected: 0,
  received: 0,
  lost: new Map(),
  gained: 0,
  worth: 0,
  scores: [],
})

/** Counts one decision. */
export function countFairness(book: Map<string, MemberFairness>, { members, score, worth }: FairnessEntry): void {
  let weights = 0
  let able = 0
  for (const { weight, reason } of members) {
    weights += weight
    if (IS_TURN.has(reason)) able += weight
  }
  for (const { user_id, weight, reason } of members) {
    const member = book.get(user_id) ?? blank(user_id)
    book.set(user_id, member)
    const due = weight / weights
    member.expected += due
    if (IS_TURN.has(reason)) member.gained += weight / able - due
    else member.lost.set(reason, (member.lost.get(reason) ?? 0) + due)
    if (reason !== 'chosen') continue
    member.received += 1
    member.worth += worth ?? 0
    if (score !== null) member.scores.push(score)
  }
}

/** The middle, and how many of the scores are low, medium and high: thirds of 0 to 100. */
export function mixScores(scores: readonly number[]): {
  average: number | null
  low: number
  medium: number
  high: number
} {
  const sum = scores.reduce((a, b) => a + b, 0)
  return {
    average: scores.length === 0 ? null : sum / scores.length,
    low: scores.filter((score) => score < 34).length,
    medium: scores.filter((score) => score >= 34 && score < 67).length,
    high: scores.filter((score) => score >= 67).length,
  }
}
