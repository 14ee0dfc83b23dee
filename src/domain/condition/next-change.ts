// Time alone moves leads: "created within 7 days" ends on its own. Nothing sweeps for that; the next moment at which a
// term turns is computed from the facts and the lead is woken then.
import type { CompiledCondition, CompiledTerm } from './compiled-condition.ts'
import type { ConditionFacts } from './condition-facts.ts'
import { seeValue } from './evaluate-condition.ts'
import { DAY_MS, unitOf } from './moment.ts'

/**
 * The earliest moment after `now` at which a term about time turns for these facts, or null when none ever does. Until
 * then the verdict of the condition stays as it is while the facts do; at that moment it may change, or not.
 */
export function nextTimeChange(condition: CompiledCondition, facts: ConditionFacts, now: Date): Date | null {
  let next = Infinity
  for (const terms of condition.groups) {
    for (const term of terms) {
      for (const turn of turnsOf(term, facts, now)) {
        if (turn > now.getTime() && turn < next) next = turn
      }
    }
  }
  return next === Infinity ? null : new Date(next)
}

const NEVER: readonly number[] = []

/** Epoch milliseconds at which the verdict of the term turns, past ones too. */
function turnsOf({ field, test }: CompiledTerm, facts: ConditionFacts, now: Date): readonly number[] {
  if (test.kind === 'did') {
    const { minCount, withinDays } = test.behaviour
    const decisive = withinDays === null ? undefined : facts.eventTimes(test.behaviour, now)[minCount - 1]
    return decisive === undefined || withinDays === null ? NEVER : [decisive + withinDays * DAY_MS + 1]
  }
  const own = facts.turns?.(field) ?? NEVER
  if (test.kind !== 'within_days' && test.kind !== 'older_than_days') return own
  const value = seeValue(field.type, facts.read(field, now))
  if (typeof value !== 'string') return own
  const start = Date.parse(value)
  const end = start + test.days * DAY_MS + unitOf(test.type)
  return test.kind === 'within_days' ? [...own, start, end] : [...own, end]
}
