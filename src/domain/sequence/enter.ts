// Who may enter a sequence. A lead is in a sequence at most once at a time; how often it may come back is policy.
import { matchesCondition } from '../condition/evaluate-condition.ts'
import { endOfLead } from './advance.ts'
import type { CompiledSequence } from './compile-sequence.ts'
import { draw } from './draw.ts'
import { SHORTEST_ROUND_SECONDS } from './sequence.ts'
import type { WaitFacts } from './wait-until.ts'

/** An earlier enrollment of the lead in the sequence. */
export interface EarlierEnrollment {
  readonly started_at: Date
  /** Null while it runs. */
  readonly ended_at: Date | null
}

export type EntryRefusal =
  | 'archived'
  | 'opted_out'
  | 'running'
  | 'not_again'
  | 'too_early'
  | 'condition'
  | 'goal'
  | 'exit'
  | 'no_steps'

export interface EntryFacts extends WaitFacts {
  readonly stage_key: string
  readonly archived: boolean
  readonly opted_out: boolean
  readonly earlier: readonly EarlierEnrollment[]
  /** Nobody asked for it: a trigger, or a step of a sequence. */
  readonly automatic: boolean
}

/** Why a lead may not enter; null when it may. */
export function refuseEntry(sequence: CompiledSequence, facts: EntryFacts, now: Date): EntryRefusal | null {
  const { mode, after_days } = sequence.definition.reentry
  if (sequence.first === null) return 'no_steps'
  if (facts.archived) return 'archived'
  if (facts.opted_out) return 'opted_out'
  if (facts.earlier.some(({ ended_at }) => ended_at === null)) return 'running'
  if (facts.earlier.length > 0) {
    if (mode === 'never') return 'not_again'
    const last = Math.max(...facts.earlier.map(({ ended_at }) => ended_at?.getTime() ?? 0))
    if (now.getTime() < last + after_days * 86_400_000) return 'too_early'
    // Two sequences that enroll into each other, or into the segment of the other, would otherwise never rest.
    const begun = Math.max(...facts.earlier.map(({ started_at }) => started_at.getTime()))
    if (facts.automatic && now.getTime() < begun + SHORTEST_ROUND_SECONDS * 1000) return 'too_early'
  }
  if (sequence.entry === null || !matchesCondition(sequence.entry, facts.lead, now)) return 'condition'
  // It would end at the first look, and count as a success of a sequence that did nothing.
  const reached = endOfLead(sequence, facts, now)
  return reached === null || reached === 'goal' ? reached : 'exit'
}

/**
 * Whether a lead belongs to those that get nothing, so that the others can be compared with somebody. It is drawn for the
 * lead: who comes back is in the same group as before.
 */
export function isHeldOut(sequence: CompiledSequence, sequenceKey: string, leadId: string): boolean {
  return draw(leadId, `holdout ${sequenceKey}`) * 100 < sequence.definition.holdout_percent
}
