/** Shapes of the lifecycle on the wire. */
import { type TProperties, type TSchema, Type } from 'typebox'
import { FRAMEWORK_NEEDS, MOVERS, STAGE_KINDS } from '../../domain/lifecycle/lifecycle-policy.ts'
import { CRITERION_STATUSES } from '../../domain/lifecycle/qualification.ts'
import { ConditionSchema } from '../../http/condition-schemas.ts'
import {
  component,
  Flag,
  Int,
  input,
  List,
  Nullable,
  NullableRef,
  OpenEnum,
  ref,
  Slug,
  Text,
} from '../../http/schema.ts'
import { policySchemas } from '../../policies/endpoints/policy-schemas.ts'
import { type LifecycleBody, toLifecycle } from './to-lifecycle.ts'

/** Most members of each list: more stages nobody tells apart. */
const MOST = { stages: 50, transitions: 200, reasons: 200, criteria: 100, values: 500, frameworks: 20 }
const MAX_DAYS = 36_500

const slug = (description: string, example: string) => Slug({ description, examples: [example] })
const label = (example: string) => Text(200, { description: 'What people read.', examples: [example] })
const share = (description: string, example: number) =>
  Type.Number({ minimum: 0, maximum: 1, format: 'double', description, examples: [example] })

const stage = {
  key: slug('Key of the stage.', 'mql'),
  label: label('Marketing qualified'),
  kind: OpenEnum(STAGE_KINDS, { description: '`path` stages are ranked by their order, an `exit` has no rank.' }),
  qualified: Flag({ description: 'Whoever comes here from a stage that is not is told as `lead.qualified`.' }),
}
const gate = NullableRef(ConditionSchema, 'What must be true of the lead; null asks nothing.')
const transition = {
  key: slug('Name of the transition in receipts.', 'qualify_for_marketing'),
  from: List(slug('A stage.', 'lead'), MOST.stages, { description: 'Stages that it leaves; empty: every other.' }),
  to: slug('Stage that it leads to.', 'mql'),
  by: List(OpenEnum(MOVERS, { description: 'Who may make it.' }), MOVERS.length, {
    description: 'Who may: the service by itself, a program with a key, or sales by accepting, rejecting, recycling.',
    examples: [['automatic']],
    minItems: 1,
  }),
  gate,
  framework: Nullable(slug('Framework that must be satisfied; null asks for none.', 'bant')),
  framework_needs: OpenEnum(FRAMEWORK_NEEDS, { description: 'What the framework must be.', examples: ['qualified'] }),
  criteria: List(slug('A criterion.', 'budget'), MOST.criteria, { description: 'Criteria that must be met.' }),
  reason_required: Flag({ description: 'Whether people must give a reason.', examples: [false] }),
}
const reason = {
  key: slug('Key of the reason.', 'not_now'),
  label: label('Not now'),
  to: Nullable(slug('Where a rejection for this reason leads; null: the recycle stage.', 'recycled')),
  wake_after_days: Nullable(
    Int(0, MAX_DAYS, { description: 'Days until a recycled lead comes back.', examples: [90] }),
  ),
}
const criterion = {
  key: slug('Key of the criterion.', 'budget'),
  label: label('Budget'),
  question: Text(500, { description: 'What is asked.', examples: ['Is there money for this, and how much?'] }),
  valid_days: Nullable(Int(1, MAX_DAYS, { description: 'How long an answer holds; null for ever.', examples: [90] })),
}
const value = {
  value: Text(500, { description: 'A value that a form may send; case does not matter.', examples: ['over_20k'] }),
  status: OpenEnum(CRITERION_STATUSES, { description: 'What it says about the criterion.' }),
  confidence: Nullable(share('How sure it is; null: nobody said, which counts.', 0.8)),
}
const frameworkCriterion = {
  criterion: slug('Key of the criterion.', 'budget'),
  weight: Int(0, 1_000, { description: 'Its share of the score.', examples: [1] }),
  required: Flag({ description: 'Whether the framework is incomplete without it.' }),
}
const framework = {
  key: slug('Key of the framework.', 'bant'),
  label: label('BANT'),
  min_score: Int(0, 100, { description: 'Percent of the weights that qualify.', examples: [75] }),
}
const head = {
  title: Text(200, { description: 'What people read.', examples: ['Lead to customer'] }),
  initial_stage: slug('Stage of a lead that is in none of these.', 'lead'),
  no_skip: Flag({ description: 'True refuses moves that leave out a stage of the path.', examples: [false] }),
  no_backwards: Flag({ description: 'True refuses moves towards the beginning of the path.' }),
  cool_down_seconds: Int(0, 31_536_000, { description: 'An automatic move waits so long after the last move.' }),
  accept_stage: slug('Where acceptance by sales leads.', 'sal'),
  recycle_stage: slug('Where recycling leads.', 'recycled'),
  min_confidence: share('Answers that are less sure do not count.', 0.5),
}

type Make = <P extends TProperties>(name: string, description: string, properties: P) => ReturnType<typeof component<P>>

/** The parts of a definition, as answers or as requests have them; what requests may leave out is optional there. */
function definitionOf(suffix: string, make: Make, optional: <T extends TSchema>(schema: T) => T) {
  const list = <T extends TSchema>(item: T, most: keyof typeof MOST, description: string) =>
    optional(List(item, MOST[most], { description }))
  const Stage = make(`LifecycleStage${suffix}`, 'A stage of the lifecycle.', {
    ...{ ...stage, kind: optional(stage.kind), qualified: optional(stage.qualified), label: optional(stage.label) },
  })
  const Transition = make(`LifecycleTransition${suffix}`, 'A way from stages to a stage.', {
    ...{
      ...transition,
      from: optional(transition.from),
      gate: optional(gate),
      framework: optional(transition.framework),
    },
    ...{ framework_needs: optional(transition.framework_needs), criteria: optional(transition.criteria) },
    reason_required: optional(transition.reason_required),
  })
  const Reason = make(`LifecycleReason${suffix}`, 'Why sales reject or recycle a lead.', {
    ...{ ...reason, label: optional(reason.label), to: optional(reason.to) },
    wake_after_days: optional(reason.wake_after_days),
  })
  const Value = make(`QualificationValue${suffix}`, 'What a value of a form says about a criterion.', {
    ...{ ...value, confidence: optional(value.confidence) },
  })
  const Criterion = make(`QualificationCriterion${suffix}`, 'What is to be found out about a lead.', {
    ...{ ...criterion, label: optional(criterion.label), question: optional(criterion.question) },
    valid_days: optional(criterion.valid_days),
    values: list(ref(Value), 'values', 'What the values of forms that map to it mean; others wait for a judgement.'),
  })
  const FrameworkPart = make(`FrameworkCriterion${suffix}`, 'A criterion with its weight.', {
    ...{ ...frameworkCriterion, weight: optional(frameworkCriterion.weight) },
    required: optional(frameworkCriterion.required),
  })
  const Framework = make(`QualificationFramework${suffix}`, 'A weighted list of criteria.', {
    ...{ ...framework, label: optional(framework.label), min_score: optional(framework.min_score) },
    criteria: List(ref(FrameworkPart), MOST.criteria, { description: 'Its criteria.', minItems: 1 }),
  })
  return {
    ...{ title: head.title, initial_stage: head.initial_stage },
    stages: List(ref(Stage), MOST.stages, { description: 'All stages, in the order of the path.', minItems: 1 }),
    transitions: List(ref(Transition), MOST.transitions, { description: 'All transitions; the first open one wins.' }),
    no_skip: optional(head.no_skip),
    no_backwards: optional(head.no_backwards),
    cool_down_seconds: optional(head.cool_down_seconds),
    ...{ accept_stage: head.accept_stage, recycle_stage: head.recycle_stage },
    reasons: list(ref(Reason), 'reasons', 'Reasons that may be given; none takes any.'),
    criteria: list(ref(Criterion), 'criteria', 'Criteria of qualification.'),
    frameworks: list(ref(Framework), 'frameworks', 'Frameworks of qualification.'),
    min_confidence: optional(head.min_confidence),
  }
}

const same = <T extends TSchema>(schema: T): T => schema
// Optional is a mark on the schema; the static type of the body is read by toLifecycle, which fills what is missing.
const optional = <T extends TSchema>(schema: T): T => Type.Optional(schema) as unknown as T

/** The shortest lifecycle that has everything in it. */
const EXAMPLE: LifecycleBody = {
  title: 'Lead to customer',
  initial_stage: 'lead',
  accept_stage: 'sql',
  recycle_stage: 'recycled',
  stages: [
    { key: 'lead' },
    { key: 'mql', qualified: true },
    { key: 'sql', qualified: true },
    { key: 'recycled', kind: 'exit' },
  ],
  transitions: [
    {
      key: 'qualify',
      from: ['lead'],
      to: 'mql',
      by: ['automatic'],
      gate: { any: [{ all: [{ field: 'country', op: 'in', values: ['DE', 'AT'] }] }] },
    },
    { key: 'accept', from: ['mql'], to: 'sql', by: ['key', 'sales'], framework: 'bant' },
    { key: 'recycle', to: 'recycled', by: ['key', 'sales'], reason_required: true },
  ],
  reasons: [{ key: 'not_now', label: 'Not now', to: 'recycled', wake_after_days: 90 }],
  criteria: [
    { key: 'budget', label: 'Budget', valid_days: 90, values: [{ value: 'over_20k', status: 'met', confidence: 0.8 }] },
    { key: 'need' },
  ],
  frameworks: [{ key: 'bant', criteria: [{ criterion: 'budget' }, { criterion: 'need', weight: 2 }], min_score: 60 }],
}

export const LifecycleDefinition = component(
  'LifecycleDefinition',
  'Stages, transitions and qualification.',
  definitionOf('', component, same),
  { examples: [toLifecycle(EXAMPLE)] },
)

export const LifecycleUpdate = input(
  'LifecycleUpdate',
  'The whole lifecycle as it shall be; what is left out has its default.',
  definitionOf('Input', input, optional),
  { examples: [EXAMPLE] },
)

export const lifecycleSchemas = policySchemas('Lifecycle', 'lifecycle', 'default', LifecycleDefinition)
