// One look at an enrollment that is due: does it end, does it wait on, or which steps does it take? Pure: what the steps
// do to the world is named as effects, which are written in the transaction that moves the enrollment, so each is done
// once. Time that a worker comes late is not made up for: the next wait begins when the step before it was taken.
import type { CompiledCondition } from '../condition/compiled-condition.ts'
import { matchesCondition } from '../condition/evaluate-condition.ts'
import { nextTimeChange } from '../condition/next-change.ts'
import type { CompiledSequence } from './compile-sequence.ts'
import { draw, pickVariant } from './draw.ts'
import type { Step } from './sequence.ts'
import { earliest, judgeWait, type WaitFacts } from './wait-until.ts'

/** Where an enrollment stands. */
export interface Position {
  /** The step that comes next, or that it waits at; null is behind the last one. */
  step_key: string | null
  /** When it came to the wait that it stands at; null while it has not. */
  waiting_since: Date | null
}

export interface EnrollmentFacts extends WaitFacts {
  readonly stage_key: string
  readonly archived: boolean
  /** Answered a mail of the sequence since the enrollment began. */
  readonly replied: boolean
  /** Withdrew the consent that the sequence needs, or is suppressed. */
  readonly opted_out: boolean
}

/** A step that does something, with the visit that makes it unique: a circle comes by again. */
export interface Effect {
  readonly step: Step
  readonly variant: string | null
}

export type EndReason = 'completed' | 'goal' | 'stage' | 'condition' | 'reply' | 'opted_out' | 'archived'

export interface Visit {
  readonly step_key: string
  readonly kind: Step['kind']
  /** The way it took: a variant, the number of a branch, `timeout`; null when there is only one. */
  readonly way: string | null
  /** Of the last split before it; its own of a split. */
  readonly variant: string | null
}

export interface Advance {
  readonly end: EndReason | null
  readonly position: Position
  /** When to look again; null waits for something to happen to the lead, or is over. */
  readonly due_at: Date | null
  readonly effects: readonly Effect[]
  readonly visits: readonly Visit[]
  readonly variant: string | null
}

/** Steps taken in one look; the rest follows in the next, so that no sequence keeps a worker. */
const MOST_STEPS = 50

/**
 * Moves an enrollment on as far as it goes at `now`; `seed` is what its draws depend on (its id). A step that changes the
 * lead ends the look: what comes behind it is decided about the lead as it then is, so a stage that the sequence itself
 * gives ends it like any other.
 */
export function advance(
  sequence: CompiledSequence,
  from: Position & { readonly variant: string | null },
  facts: EnrollmentFacts,
  seed: string,
  now: Date,
): Advance {
  const effects: Effect[] = []
  const visits: Visit[] = []
  let position: Position = { step_key: from.step_key, waiting_since: from.waiting_since }
  let variant = from.variant
  const result = (end: EndReason | null, due_at: Date | null): Advance => ({
    end,
    position,
    due_at,
    effects,
    visits,
    variant,
  })

  const early = findEnd(sequence, facts, now)
  if (early !== null) return result(early, null)
  for (let taken = 0; taken < MOST_STEPS; taken++) {
    const step = position.step_key === null ? undefined : sequence.steps.get(position.step_key)
    if (step === undefined) return result('completed', null)
    if (step.wait !== null) {
      const since = position.waiting_since ?? now
      const verdict = judgeWait(sequence, step.wait, facts, since, now)
      if (!verdict.over) {
        position = { step_key: step.key, waiting_since: since }
        return result(null, earliest(verdict.due_at, nextEnd(sequence, facts, now)))
      }
      visits.push({ step_key: step.key, kind: step.kind, way: verdict.timedOut ? 'timeout' : null, variant })
      const next = verdict.timedOut ? (step.wait.timeout_next ?? step.next) : step.next
      position = { step_key: next, waiting_since: null }
      continue
    }
    const turn = turnAt(sequence, step, facts, seed, now)
    if (step.kind === 'split') variant = turn.way
    if (isEffect(step)) effects.push({ step, variant })
    visits.push({ step_key: step.key, kind: step.kind, way: turn.way, variant })
    position = { step_key: turn.next, waiting_since: null }
    if (changesLead(step) && turn.next !== null) break
  }
  return result(null, now)
}

/** What ends an enrollment before its last step, in the order in which reasons are told. */
function findEnd(sequence: CompiledSequence, facts: EnrollmentFacts, now: Date): EndReason | null {
  const { exit } = sequence.definition
  if (facts.archived) return 'archived'
  if (facts.opted_out) return 'opted_out'
  const reached = endOfLead(sequence, facts, now)
  return reached !== 'goal' && exit.on_reply && facts.replied ? 'reply' : reached
}

/** What about the lead itself is an end: whoever is there already has nothing to look for in the sequence. */
export function endOfLead(
  sequence: CompiledSequence,
  { lead, stage_key }: Pick<EnrollmentFacts, 'lead' | 'stage_key'>,
  now: Date,
): 'goal' | 'stage' | 'condition' | null {
  if (sequence.goal !== null && matchesCondition(sequence.goal, lead, now)) return 'goal'
  if (sequence.definition.exit.stage_keys.includes(stage_key)) return 'stage'
  return sequence.exit !== null && matchesCondition(sequence.exit, lead, now) ? 'condition' : null
}

/** When time alone may end it next, by goal or exit condition; null when it will not. */
function nextEnd({ goal, exit }: CompiledSequence, { lead }: EnrollmentFacts, now: Date): Date | null {
  const turnOf = (condition: CompiledCondition | null) =>
    condition === null ? null : nextTimeChange(condition, lead, now)
  return earliest(turnOf(goal), turnOf(exit))
}

/** Which way leads on from a step that does not wait. */
function turnAt(
  sequence: CompiledSequence,
  step: Step,
  facts: EnrollmentFacts,
  seed: string,
  now: Date,
): { next: string | null; way: string | null } {
  if (step.kind === 'end') return { next: null, way: null }
  if (step.kind === 'split') {
    const { key, next } = pickVariant(step.split, draw(seed, step.key))
    return { next, way: key }
  }
  const taken = step.branch.findIndex(({ condition }) => {
    const compiled = sequence.conditionOf(condition)
    return compiled !== null && matchesCondition(compiled, facts.lead, now)
  })
  const branch = step.branch[taken]
  return branch === undefined
    ? { next: step.next, way: step.kind === 'branch' ? 'otherwise' : null }
    : { next: branch.next, way: String(taken) }
}

const WAYS: ReadonlySet<string> = new Set(['wait', 'branch', 'split', 'end'])

/** Kinds of steps after which a condition may be answered otherwise. */
export const LEAD_CHANGES: ReadonlySet<string> = new Set(['update', 'tag', 'move_stage'])

/** Whether a condition may be answered otherwise after this step. */
export const changesLead = ({ kind }: Step) => LEAD_CHANGES.has(kind)

const isEffect = ({ kind }: Step) => !WAYS.has(kind)
