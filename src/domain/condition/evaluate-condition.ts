// Does this lead satisfy this condition, and why? The in-memory twin of db/condition-sql.ts; both follow the meaning
// written in condition-shape.ts, and a property test holds them together.
import type { Comparison, CompiledCondition, CompiledTerm, CompiledTest } from './compiled-condition.ts'
import type { ConditionFacts } from './condition-facts.ts'
import type { ConditionOperator } from './condition-shape.ts'
import type { FieldType } from './field-catalogue.ts'
import { compareText, foldText } from './fold-text.ts'
import { DAY_MS, isMoment, measureAge } from './moment.ts'

/** A non-blank value of a field, or null. */
export type SeenValue = string | number | boolean | readonly string[] | null

export interface TermExplanation {
  /** The field's name, or `behaviour`. */
  readonly field: string
  readonly op: ConditionOperator
  readonly matches: boolean
  /** The value that the term saw, null for a blank; for behaviour the number of events that counted, as far as known. */
  readonly saw: SeenValue
}

export interface ConditionExplanation {
  readonly matches: boolean
  readonly groups: readonly { readonly matches: boolean; readonly terms: readonly TermExplanation[] }[]
}

/** Whether the facts satisfy the condition at `now`. */
export function matchesCondition(condition: CompiledCondition, facts: ConditionFacts, now: Date): boolean {
  return condition.groups.some((terms) => terms.every((term) => holds(term, facts, now)))
}

/** The verdict of the condition and of every group and term, with the values that they saw. */
export function explainCondition(condition: CompiledCondition, facts: ConditionFacts, now: Date): ConditionExplanation {
  const groups = condition.groups.map((group) => {
    const terms = group.map((term) => explainTerm(term, facts, now))
    return { matches: terms.every((term) => term.matches), terms }
  })
  return { matches: groups.some((group) => group.matches), groups }
}

function explainTerm(term: CompiledTerm, facts: ConditionFacts, now: Date): TermExplanation {
  const { field, op, test } = term
  const saw = test.kind === 'did' ? recentTimes(test, facts, now).length : seeValue(field.type, facts.read(field, now))
  return { field: field.name, op, matches: holds(term, facts, now), saw }
}

function holds({ field, test, negated }: CompiledTerm, facts: ConditionFacts, now: Date): boolean {
  if (test.kind === 'did') return recentTimes(test, facts, now).length >= test.behaviour.minCount !== negated
  const value = seeValue(field.type, facts.read(field, now))
  return (value !== null && passes(test, value, now)) !== negated
}

function recentTimes({ behaviour }: CompiledTest & { kind: 'did' }, facts: ConditionFacts, now: Date): number[] {
  const oldest = behaviour.withinDays === null ? -Infinity : now.getTime() - behaviour.withinDays * DAY_MS
  return facts.eventTimes(behaviour, now).filter((time) => time >= oldest)
}

/** The value as the language knows it: blank, or of the field's type. */
export function seeValue(type: FieldType, raw: unknown): SeenValue {
  switch (type) {
    case 'integer':
    case 'number':
      return typeof raw === 'number' && Number.isFinite(raw) ? raw : null
    case 'boolean':
      return typeof raw === 'boolean' ? raw : null
    case 'timestamp':
    case 'date':
      return typeof raw === 'string' && isMoment(raw, type) ? raw : null
    case 'text_list':
      return seeList(raw)
    default:
      return typeof raw === 'string' && raw !== '' ? raw : null
  }
}

function seeList(raw: unknown): readonly string[] | null {
  if (!Array.isArray(raw)) return null
  const texts = raw.filter((item) => typeof item === 'string' && item !== '')
  return texts.length > 0 ? texts : null
}

function passes(test: CompiledTest, value: NonNullable<SeenValue>, now: Date): boolean {
  switch (test.kind) {
    case 'is_set':
      return true
    case 'any_of':
      if (typeof value === 'object') return value.some((item) => test.values.has(foldText(item)))
      return test.values.has(typeof value === 'string' ? foldText(value) : value)
    case 'number_order':
      return typeof value === 'number' && isOrdered(value - test.number, test.comparison)
    default:
      return typeof value === 'string' && passesText(test, value, now)
  }
}

function passesText(test: CompiledTest, value: string, now: Date): boolean {
  switch (test.kind) {
    case 'contains':
      return foldText(value).includes(test.text)
    case 'starts_with':
      return foldText(value).startsWith(test.text)
    case 'text_order':
      return isOrdered(compareText(foldText(value), test.text), test.comparison)
    case 'between':
      return isBetween(value, test.from, test.to)
    case 'within_days':
      return isWithin(measureAge(value, test.type, now), test.days)
    case 'older_than_days':
      return measureAge(value, test.type, now) > test.days * DAY_MS
    default:
      return false
  }
}

/** Moments in stored form sort as text. */
function isBetween(value: string, from: string | null, to: string | null): boolean {
  return (from === null || value >= from) && (to === null || value < to)
}

function isWithin(age: number, days: number): boolean {
  return age >= 0 && age <= days * DAY_MS
}

/** Whether a first value may stand so to a second, given the sign of first minus second. */
function isOrdered(sign: number, comparison: Comparison): boolean {
  if (comparison === 'lt') return sign < 0
  if (comparison === 'lte') return sign <= 0
  return comparison === 'gt' ? sign > 0 : sign >= 0
}
