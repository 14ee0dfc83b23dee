// One condition language for filters, segments, score rules, gates, routing, sequence branches and exports: "any" of
// groups, each "all" of terms, never recursive; negation is an operator. On the wire every value is text, read by the
// type of its field, so that no generated client meets a union type. `{"any":[{"all":[]}]}` and a missing condition
// match everybody; an empty "any" is refused, because a reader would expect it to match nobody.
//
// MEANING, the same in memory (evaluate-condition.ts) and in SQL (db/condition-sql.ts), total: every term is true or
// false for every lead, never unknown and never an error.
// - Blank: null, missing, empty text, a list without a non-empty text, or a stored custom value of another JSON type
//   than its field's. A blank satisfies no positive operator.
// - neq, not_in, not_contains, is_not_set, did_not are the exact complement of eq, in, contains, is_set, did: they
//   hold for a blank (a lead without a country is "not in DE").
// - Text is compared with A-Z folded to a-z and nothing else (fold-text.ts), and ordered by code point. No trimming.
// - A list of texts: eq, in and contains hold when any element equals; neq, not_in, not_contains when none does.
// - Numbers compare by value; an integer field that holds 3.5 compares as 3.5. Stored ones are those that a double
//   holds exactly, as JSON.stringify writes them.
// - A timestamp is an instant of one millisecond. Compared with a bare date, that date is the whole UTC day: eq is
//   within it, lte up to its end, gt after it.
// - within_days n: not in the future and at most n x 24 hours ago, to the millisecond. older_than_days n: before that,
//   so for a value of the past exactly one of the two holds. On a date field both count UTC calendar days
//   (within_days 0 is today).
// - did: at least `min_count` events of that name and with those properties, none later than now, within the days.

/** Most groups of a condition and terms of a group: the published limits (api.md 20). */
export const MAX_GROUPS = 20
export const MAX_TERMS = 50
/** Most values of `in`: longer lists (all countries are 249) belong into a segment. */
export const MAX_VALUES = 500
/** Longest value, in UTF-16 units: as long as the longest one-line field of a lead. */
export const MAX_VALUE_LENGTH = 1_000
/** A hundred years: no lead is older, and every bound stays a four-digit year. */
export const MAX_DAYS = 36_500
/** Most events that a behaviour term may ask for: evaluation keeps that many times of each lead in memory. */
export const MAX_COUNT = 1_000
/** Most properties of a behaviour term. */
export const MAX_PROPERTIES = 10

export const CONDITION_OPERATORS = [
  'eq',
  'neq',
  'lt',
  'lte',
  'gt',
  'gte',
  'in',
  'not_in',
  'contains',
  'not_contains',
  'starts_with',
  'is_set',
  'is_not_set',
  'within_days',
  'older_than_days',
  'did',
  'did_not',
] as const

export type ConditionOperator = (typeof CONDITION_OPERATORS)[number]

/** "Event E with these properties at least n times within d days." */
export interface ConditionBehaviour {
  /** Name of the event, compared exactly. */
  event: string
  /** At least so many times; 1 when absent. */
  min_count?: number | null
  /** Within so many times 24 hours before now; ever when absent. */
  within_days?: number | null
  /** Each named property is a text equal to this one, ASCII case ignored. */
  properties?: Record<string, string> | null
}

/** About a field (`field`, `op` and, by operator, `value`, `values` or neither) or about behaviour (`op`, `behaviour`). */
export interface ConditionTerm {
  field?: string | null
  op: ConditionOperator
  value?: string | null
  values?: string[] | null
  behaviour?: ConditionBehaviour | null
}

export interface ConditionGroup {
  all: ConditionTerm[]
}

export interface Condition {
  any: ConditionGroup[]
}
