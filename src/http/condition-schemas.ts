/** The condition language on the wire (api.md 20): one shape for search, segments, routing, scores, exports, bulk jobs. */
import { Type } from 'typebox'
import {
  CONDITION_OPERATORS,
  MAX_COUNT,
  MAX_DAYS,
  MAX_GROUPS,
  MAX_PROPERTIES,
  MAX_TERMS,
  MAX_VALUE_LENGTH,
  MAX_VALUES,
} from '../domain/condition/condition-shape.ts'
import { Int, input, List, Nullable, NullableRef, OpenEnum, ref, Text, TextMap } from './schema.ts'

const value = Text(MAX_VALUE_LENGTH, {
  description: 'A value as text; the type of the field reads it.',
  examples: ['DE'],
})

export const ConditionBehaviourSchema = input(
  'ConditionBehaviour',
  'Whether an event happened often and recently enough.',
  {
    event: Text(MAX_VALUE_LENGTH, { description: 'Name of the event, compared exactly.', examples: ['page_viewed'] }),
    min_count: Type.Optional(
      Nullable(Int(1, MAX_COUNT, { description: 'At least so many times; 1 when left out.', examples: [3] })),
    ),
    within_days: Type.Optional(
      Nullable(Int(0, MAX_DAYS, { description: 'In so many days before now; ever when left out.', examples: [30] })),
    ),
    properties: Type.Optional(
      TextMap(MAX_PROPERTIES, MAX_VALUE_LENGTH, {
        description: 'Properties that the event must have.',
        examples: [{ plan: 'gold' }],
      }),
    ),
  },
)

export const ConditionTermSchema = input(
  'ConditionTerm',
  'One question: about a field (`field`, `op` and, by operator, `value`, `values` or neither), or about behaviour.',
  {
    field: Type.Optional(
      Nullable(
        Text(160, {
          description:
            'A field of the lead, `custom_fields.<key>`, `account.<field>`, `consent.<purpose>.<channel>` (true, false or ' +
            'blank where nobody ever said anything), `touch.first.<field>`, `touch.last.<field>`, `segments`, ' +
            '`lifecycle.<field>`, `qualification.<framework>.<field>` or `qualification.criteria.<key>`.',
          examples: ['country'],
        }),
      ),
    ),
    op: OpenEnum(CONDITION_OPERATORS, {
      description: 'Operator; the negative ones hold for blanks too.',
      examples: ['in'],
    }),
    value: Type.Optional(Nullable(value)),
    values: Type.Optional(
      List(value, MAX_VALUES, { description: 'Values of `in` and `not_in`.', examples: [['DE', 'AT']] }),
    ),
    behaviour: Type.Optional(NullableRef(ConditionBehaviourSchema, 'What `did` and `did_not` ask about.')),
  },
  { examples: [{ field: 'country', op: 'in', values: ['DE', 'AT'] }] },
)

export const ConditionGroupSchema = input('ConditionGroup', 'Holds when all of its terms hold.', {
  all: List(ref(ConditionTermSchema), MAX_TERMS, { description: 'Terms; none asks nothing.' }),
})

export const ConditionSchema = input('Condition', 'Holds when any of its groups holds. Not recursive.', {
  any: List(ref(ConditionGroupSchema), MAX_GROUPS, { description: 'Groups, at least one.', minItems: 1 }),
})
