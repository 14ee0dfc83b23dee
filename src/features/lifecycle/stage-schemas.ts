/** Shapes of a lead's stage: its history, its ways on, and what sales say about it. */
import { Type } from 'typebox'
import { MOVERS } from '../../domain/lifecycle/lifecycle-policy.ts'
import { ConditionExplanationSchema } from '../../http/condition-explanation.ts'
import { ConditionSchema } from '../../http/condition-schemas.ts'
import {
  component,
  Flag,
  Id,
  Int,
  input,
  List,
  Nullable,
  NullableRef,
  OpenEnum,
  pageOf,
  ref,
  Slug,
  Text,
  Timestamp,
} from '../../http/schema.ts'

const slug = (description: string, example: string | null) => Slug({ description, examples: [example] })
const policy = Text(200, { description: 'Version of the lifecycle that decided.', examples: ['lifecycle:default@3'] })

const OBSTACLES = [
  'unknown_stage',
  'not_defined',
  'not_permitted',
  'reason_required',
  'unknown_reason',
  'skips_stages',
  'goes_backwards',
  'cooling_down',
  'gate_closed',
  'framework_incomplete',
  'criteria_not_met',
] as const

export const StageStay = component('StageStay', 'One stay of a lead in a stage.', {
  position: Int(0, 2_147_483_647, { description: 'Number of the stay, from 0.', examples: [1] }),
  stage_key: slug('The stage.', 'mql'),
  entered_at: Timestamp({ description: 'When it came.' }),
  left_at: Nullable(Timestamp({ description: 'When it left; null for the present stage.' })),
  duration_seconds: Int(0, Number.MAX_SAFE_INTEGER, { description: 'How long it stayed, until now if it is there.' }),
  from_stage: Nullable(slug('Where it came from; null for the first stay.', 'lead')),
  moved_by: Nullable(OpenEnum(MOVERS, { description: 'Who moved it; null for the first stay.' })),
  actor: Nullable(Text(200, { description: 'The key, or `system`.', examples: ['system'] })),
  reason: Nullable(slug('The reason that was given.', 'not_now')),
  note: Nullable(Text(2_000, { description: 'What was said.', examples: [null] })),
  wake_at: Nullable(Timestamp({ description: 'When somebody wants it back.', examples: [null] })),
  policy: Nullable(policy),
  receipt_id: Nullable(Id('receipt', { description: 'Receipt of the decision.' })),
})
export const StageStayPage = pageOf('StageStayPage', 'A page of stays, oldest first.', StageStay)

const TransitionVerdict = component('TransitionVerdict', 'A way on from the present stage, and what stands in it.', {
  transition: slug('Key of the transition.', 'qualify_for_sales'),
  to: slug('Where it leads.', 'sql'),
  by: List(OpenEnum(MOVERS, { description: 'Who may make it.' }), MOVERS.length, { description: 'Who may make it.' }),
  reason_required: Flag({ description: 'Whether people must give a reason.', examples: [false] }),
  open: Flag({ description: 'Whether nothing stands in the way.', examples: [false] }),
  obstacles: List(OpenEnum(OBSTACLES, { description: 'An obstacle.', examples: ['gate_closed'] }), OBSTACLES.length, {
    description: 'Everything that stands in the way.',
  }),
  gate: ref(ConditionExplanationSchema),
})

export const LeadLifecycle = component('LeadLifecycle', 'Where a lead stands and where it can go.', {
  lead_id: Id('lead', { description: 'The lead.' }),
  stage_key: slug('Its stage.', 'lead'),
  entered_at: Timestamp({ description: 'Since when.' }),
  reason: Nullable(slug('Why it was moved there.', null)),
  wake_at: Nullable(Timestamp({ description: 'When somebody wants it back.', examples: [null] })),
  policy,
  transitions: List(ref(TransitionVerdict), 200, {
    description: 'Every way on, in the order in which they are tried.',
  }),
  next_change_at: Nullable(
    Timestamp({ description: 'The next moment at which time alone may move it.', examples: [null] }),
  ),
})

/** Far enough for examples to be tried for years. */
const FUTURE = '2099-05-04T09:00:00.000Z'

const note = Type.Optional(
  Nullable(Text(2_000, { description: 'What is to be remembered.', examples: ['Call in May'] })),
)
const wakeAt = Type.Optional(
  Nullable(
    Timestamp({
      description: 'When the lead comes back; by the rule of the reason when left out.',
      examples: [FUTURE],
    }),
  ),
)

export const LeadAcceptance = input('LeadAcceptance', 'Sales takes the lead.', { note })

export const LeadRejection = input('LeadRejection', 'Sales does not take the lead.', {
  reason: slug('Why: a reason of the lifecycle.', 'not_a_fit'),
  stage_key: Type.Optional(Nullable(slug('Where to; by the rule of the reason when left out.', 'disqualified'))),
  note,
  wake_at: wakeAt,
})

export const LeadRecycling = input('LeadRecycling', 'The lead is not ready: it comes back later.', {
  reason: slug('Why: a reason of the lifecycle.', 'not_now'),
  note,
  wake_at: wakeAt,
})

export const StageMoved = component('StageMoved', 'What became of the lead.', {
  lead_id: Id('lead', { description: 'The lead.' }),
  stage_key: slug('Its stage now.', 'sal'),
  changed: Flag({ description: 'False when it was there already.' }),
})

export const LeadExplanationRequest = input('LeadExplanationRequest', 'A condition to try on one lead.', {
  filter: ref(ConditionSchema),
})

export const SimulationRequest = input('SimulationRequest', 'Which leads to try the draft on.', {
  filter: Type.Optional(NullableRef(ConditionSchema, 'Which leads; all that are not archived when left out.')),
})
