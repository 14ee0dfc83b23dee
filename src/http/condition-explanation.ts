/** Why a condition holds for a lead, on the wire: each term with its verdict and the value that it saw. */
import { CONDITION_OPERATORS, MAX_GROUPS, MAX_TERMS } from '../domain/condition/condition-shape.ts'
import type { ConditionExplanation, SeenValue } from '../domain/condition/evaluate-condition.ts'
import { component, Flag, List, Nullable, OpenEnum, ref, Text } from './schema.ts'

/** Longest value that is shown; what is longer is cut. */
const LONGEST = 2_000

const TermExplanationSchema = component('TermExplanation', 'The verdict of one term.', {
  field: Text(200, { description: 'The field, or `behaviour`.', examples: ['country'] }),
  op: OpenEnum(CONDITION_OPERATORS, { description: 'Operator.', examples: ['in'] }),
  matches: Flag({ description: 'Whether the term holds.' }),
  saw: Nullable(
    Text(LONGEST + 1, {
      description:
        'The value that it saw: text as it is, lists as JSON; for behaviour the number of events; null: blank.',
      examples: ['DE'],
    }),
  ),
})

const GroupExplanationSchema = component('GroupExplanation', 'The verdict of a group: all of its terms.', {
  matches: Flag({ description: 'Whether all terms hold.' }),
  terms: List(ref(TermExplanationSchema), MAX_TERMS, { description: 'Its terms.' }),
})

export const ConditionExplanationSchema = component(
  'ConditionExplanation',
  'The verdict of a condition: at least one of its groups.',
  {
    matches: Flag({ description: 'Whether the lead satisfies the condition.' }),
    groups: List(ref(GroupExplanationSchema), MAX_GROUPS, { description: 'Its groups.' }),
  },
)

/** The wire form of an explanation. */
export function toConditionExplanation({ matches, groups }: ConditionExplanation) {
  return {
    matches,
    groups: groups.map((group) => ({
      matches: group.matches,
      terms: group.terms.map(({ field, op, matches: holds, saw }) => ({ field, op, matches: holds, saw: textOf(saw) })),
    })),
  }
}

function textOf(saw: SeenValue): string | null {
  if (saw === null) return null
  const text = typeof saw === 'object' ? JSON.stringify(saw) : String(saw)
  return text.length <= LONGEST ? text : `${[...text].slice(0, LONGEST).join('')}…`
}
