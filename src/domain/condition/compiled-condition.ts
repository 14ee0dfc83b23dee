// What validation makes of a condition: fields resolved, values parsed, negation apart, so that evaluating is only
// comparing. Plain data, read by both evaluators.
import type { ConditionOperator } from './condition-shape.ts'
import type { FieldDefinition } from './field-catalogue.ts'
import type { RecencyTest } from './moment.ts'

export type Comparison = 'lt' | 'lte' | 'gt' | 'gte'

export interface CompiledBehaviour {
  readonly event: string
  readonly minCount: number
  readonly withinDays: number | null
  /** Name and folded text of each property. */
  readonly properties: readonly (readonly [string, string])[]
}

/** A question with a yes for some non-blank values. Text in it is folded; moments are in the form of their field. */
export type CompiledTest =
  | { readonly kind: 'is_set' }
  | { readonly kind: 'any_of'; readonly values: ReadonlySet<string | number | boolean> }
  | { readonly kind: 'contains' | 'starts_with'; readonly text: string }
  | { readonly kind: 'text_order'; readonly comparison: Comparison; readonly text: string }
  | { readonly kind: 'number_order'; readonly comparison: Comparison; readonly number: number }
  /** From (included) to (excluded), open where null. */
  | { readonly kind: 'between'; readonly from: string | null; readonly to: string | null }
  | RecencyTest
  | { readonly kind: 'did'; readonly behaviour: CompiledBehaviour }

export interface CompiledTerm {
  readonly field: FieldDefinition
  readonly op: ConditionOperator
  readonly test: CompiledTest
  /** The term holds exactly when the test does not. */
  readonly negated: boolean
}

/** Any of the groups, each all of its terms. There is at least one group. */
export interface CompiledCondition {
  readonly groups: readonly (readonly CompiledTerm[])[]
}

/** The condition of a missing filter: one group that asks nothing. */
export const MATCHES_ALL: CompiledCondition = { groups: [[]] }
