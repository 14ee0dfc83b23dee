/** Shapes of sequences on the wire. */
import { type TSchema, Type } from 'typebox'
import { MESSAGE_KINDS } from '../../domain/mail/message.ts'
import { ENTRY_KINDS, MAX_STEPS, REENTRY_MODES } from '../../domain/sequence/sequence.ts'
import { ConditionSchema } from '../../http/condition-schemas.ts'
import {
  ClosedEnum,
  component,
  Flag,
  Int,
  input,
  List,
  Nullable,
  NullableRef,
  OpenEnum,
  ref,
  Text,
} from '../../http/schema.ts'
import { PolicyKey, policySchemas } from '../../policies/endpoints/policy-schemas.ts'
import { type Leave, type Make, slug, stepSchema } from './step-schemas.ts'

const MAX_DAYS = 3_650
const MOST_STAGES = 50

export const SEQUENCE_EXAMPLE_KEY = 'welcome-trial'
/** The key of a sequence as a parameter. */
export const SequenceKey = PolicyKey('sequence', SEQUENCE_EXAMPLE_KEY)

/** The parts of a definition, as answers or as requests have them. */
function definitionOf(suffix: string, make: Make, leave: Leave) {
  const Entry = make(`SequenceEntry${suffix}`, 'Who enters, and when.', {
    kind: OpenEnum(ENTRY_KINDS, {
      description: '`manual` is by API or another sequence only; the others let in whoever comes there.',
    }),
    segment_key: leave(Nullable(slug('Of `segment`.', null))),
    stage_key: leave(Nullable(slug('Of `stage`.', null))),
    condition: leave(NullableRef(ConditionSchema, 'Must hold for whoever enters, however; null asks nothing.')),
    includes_present: leave(
      Flag({
        description:
          'Also whoever is there when it is published, at once. Without it those who meet a `condition` already enter with the next thing that ' +
          'happens to them.',
        examples: [false],
      }),
    ),
  })
  const Reentry = make(`SequenceReentry${suffix}`, 'Whether a lead may come back after its end.', {
    mode: OpenEnum(REENTRY_MODES, { description: 'Once, or again.' }),
    after_days: leave(Int(0, MAX_DAYS, { description: 'Days since the last end.', examples: [0] })),
  })
  const Exit = make(
    `SequenceExit${suffix}`,
    'What ends an enrollment early, beside the goal and opting out. Mail that has not left is canceled, unless a step of the sequence made the end.',
    {
      condition: leave(NullableRef(ConditionSchema, 'Ends when it holds; null asks nothing.')),
      stage_keys: leave(List(slug('A stage.', 'customer'), MOST_STAGES, { description: 'Ends in these stages.' })),
      on_reply: leave(Flag({ description: 'Ends when the lead answers a mail of the sequence.' })),
    },
  )
  return {
    name: leave(Text(200, { description: 'Name for people; the key when left out.', examples: ['Welcome'] })),
    description: leave(Text(2_000, { description: 'What it is for.', examples: [''] })),
    purpose: leave(slug('Purpose of the consent that its mails need.', 'marketing')),
    mail_kind: leave(
      ClosedEnum(MESSAGE_KINDS, {
        description: 'Marketing needs consent and keeps to caps and quiet hours; transactional mail does not.',
      }),
    ),
    entry: leave(ref(Entry)),
    reentry: leave(ref(Reentry)),
    goal: leave(
      NullableRef(
        ConditionSchema,
        'Reached by a lead that is inside, it ends as a success, and counts for the lift. Who has reached it does not enter.',
      ),
    ),
    exit: leave(ref(Exit)),
    holdout_percent: leave(
      Int(0, 90, {
        description: 'Share of leads that walk along and get nothing, to measure what the others get.',
        examples: [0],
      }),
    ),
    steps: List(ref(stepSchema(suffix, make, leave)), MAX_STEPS, { description: 'All steps.', minItems: 1 }),
  }
}

const same: Leave = (schema) => schema
// Optional is a mark on the schema; the static type of the body is read by toSequence, which fills what is missing.
const optional: Leave = <T extends TSchema>(schema: T) => Type.Optional(schema) as unknown as T

export const SequenceDefinitionSchema = component(
  'SequenceDefinition',
  'A graph of steps that one lead at a time walks through.',
  definitionOf('', component, same),
)

const THREE_DAYS = 259_200

export const SequenceUpdate = input(
  'SequenceUpdate',
  'The whole sequence as it shall be; what is left out has its default.',
  definitionOf('Input', input, optional),
  {
    examples: [
      {
        name: 'Welcome',
        steps: [
          { key: 'hello', kind: 'email', next: 'rest', email: { template_key: 'welcome' } },
          { key: 'rest', kind: 'wait', next: 'tagged', wait: { kind: 'duration', seconds: THREE_DAYS } },
          { key: 'tagged', kind: 'tag', tag: { add: ['welcomed'] } },
        ],
      },
    ],
  },
)

export const sequenceSchemas = policySchemas('Sequence', 'sequence', SEQUENCE_EXAMPLE_KEY, SequenceDefinitionSchema)
