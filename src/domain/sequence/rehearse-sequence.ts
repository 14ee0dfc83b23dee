// A sequence walked in advance: one lead, a clock that jumps from one due moment to the next, ninety days in
// milliseconds. It takes the very steps that a live enrollment takes; what happens to the lead on the way (an event, an
// answer) is told beforehand, and what the steps themselves change is assumed to succeed but not to be scored.
import type { ConditionEvent } from '../condition/condition-facts.ts'
import { advance, type Effect, type EndReason, type EnrollmentFacts, type Position } from './advance.ts'
import type { CompiledSequence } from './compile-sequence.ts'

export interface Rehearsed {
  readonly at: Date
  readonly step_key: string
  readonly kind: string
  readonly way: string | null
}

export interface Rehearsal {
  readonly log: readonly Rehearsed[]
  readonly end: EndReason | null
  readonly ended_at: Date | null
  /** Where it stands when the time is over. */
  readonly waits_at: string | null
}

/** Looks that one rehearsal takes at most: a circle of an hour through ninety days needs 2,160. */
const MOST_LOOKS = 5_000
/** Steps that it takes at most: a look may take many. */
const MOST_STEPS = 5_000

/**
 * Walks from `start` for `days`. `factsAt` tells the lead at a moment, so a caller can play what happens, and `play` is
 * told what the steps do to it; `events` are the moments at which something happens, which the walk must not jump over.
 */
export function rehearseSequence(
  sequence: CompiledSequence,
  options: {
    start: Date
    days: number
    seed: string
    events: readonly Pick<ConditionEvent, 'occurredAt'>[]
    factsAt(now: Date): EnrollmentFacts
    play?(effect: Effect, now: Date): void
  },
): Rehearsal {
  const end = options.start.getTime() + options.days * 86_400_000
  const happenings = options.events.map(({ occurredAt }) => occurredAt).sort((a, b) => a - b)
  const log: Rehearsed[] = []
  let standing: Position & { variant: string | null } = { step_key: sequence.first, waiting_since: null, variant: null }
  let now = options.start
  for (let looks = 0; looks < MOST_LOOKS && log.length < MOST_STEPS; looks++) {
    const step = advance(sequence, standing, options.factsAt(now), options.seed, now)
    for (const effect of step.effects) options.play?.(effect, now)
    log.push(...step.visits.map(({ step_key, kind, way }) => ({ at: now, step_key, kind, way })))
    if (step.end !== null) return { log, end: step.end, ended_at: now, waits_at: null }
    standing = { ...step.position, variant: step.variant }
    const happening = happenings.find((at) => at > now.getTime())
    const next = Math.min(step.due_at?.getTime() ?? Infinity, happening ?? Infinity)
    if (next > end) break
    // A due moment is never in the past; one that is now would look at the same facts for ever.
    now = new Date(Math.max(next, now.getTime() + (step.visits.length === 0 ? 1 : 0)))
  }
  return { log, end: null, ended_at: null, waits_at: standing.step_key }
}
