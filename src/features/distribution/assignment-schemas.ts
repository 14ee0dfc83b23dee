/** Shapes of assignments on the wire: who got a lead, and why. */
import { Type } from 'typebox'
import { CANDIDATE_REASONS, RULE_OUTCOMES } from '../../domain/routing/explanation.ts'
import {
  component,
  exampleId,
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
import { ASSIGNMENT_CAUSES } from '../../pipeline/route/assignment-order.ts'

/** Where an assignment stands. */
export const ASSIGNMENT_STATES = ['queued', 'offered', 'assigned', 'accepted', 'ended'] as const

const slug = (description: string, example: string | null) => Nullable(Slug({ description, examples: [example] }))
const moment = (description: string) => Nullable(Timestamp({ description, examples: [null] }))
const version = (description: string) => Nullable(Int(1, 2_147_483_647, { description, examples: [3] }))
const pass = (description: string) =>
  Nullable(Int(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, { description, examples: [7_207_200] }))
const number = (description: string, example: number) =>
  Nullable(Type.Number({ format: 'double', minimum: -1e15, maximum: 1e15, description, examples: [example] }))

const fields = {
  id: Id('assignment', { description: 'Permanent id.' }),
  lead_id: Id('lead', { description: 'The lead.' }),
  state: OpenEnum(ASSIGNMENT_STATES, {
    description: 'Waiting in a pull queue, offered to a buyer, with a seller, accepted by the seller, or over.',
    examples: ['assigned'],
  }),
  user_id: Nullable(Id('user', { description: 'The seller; null in a queue or with a buyer.' })),
  pool_key: slug('Pool that it comes from, or in whose queue it waits.', 'fashion-uk'),
  buyer_key: slug('Buyer outside.', null),
  cause: OpenEnum(ASSIGNMENT_CAUSES, { description: 'Why it was made.' }),
  actor: Text(200, { description: 'Who made it: a key, or the system.', examples: ['system'] }),
  note: Nullable(Text(500, { description: 'What was said about it.', examples: [null] })),
  rule_key: slug('Rule that decided; null is the default target, or a person.', 'fashion-uk'),
  strategy: slug('How the pool chose.', 'round_robin'),
  policy_version: version('Version of the routing policy; null where a person decided.'),
  teams_version: version('Version of the teams; null where a person decided.'),
  decision: Nullable(
    Int(0, Number.MAX_SAFE_INTEGER, { description: 'Place in the order of all decisions.', examples: [128] }),
  ),
  pass_before: pass('Turn of the seller in the pool before this lead.'),
  pass_after: pass('Turn afterwards: further by the stride of the weight.'),
  score: number('Score of the lead at that moment.', 72),
  worth: number('Worth of the lead at that moment, from `worth_field`.', 1200),
  arrived_at: Timestamp({ description: 'When the lead came: speed is measured from here.' }),
  assigned_at: Timestamp({ description: 'When it was given.' }),
  accepted_at: moment('When the seller accepted.'),
  first_touch_at: moment('When the seller first responded.'),
  qualified_at: moment('When the lead was qualified.'),
  ended_at: moment('When it ended; null while it is open.'),
  end_reason: slug('Why it ended.', null),
  end_note: Nullable(Text(500, { description: 'What was said when it ended.', examples: [null] })),
  ended_by: Nullable(Text(200, { description: 'Who ended it.', examples: [null] })),
  credited_at: moment('When the turn was given back; null when it counts.'),
  receipt_id: Nullable(Id('receipt', { description: 'Receipt of the decision; null where a person decided.' })),
  etag: Text(40, { description: 'Version of the assignment.', examples: ['"v1"'] }),
  updated_at: Timestamp({ description: 'When it last changed.' }),
}

export const Assignment = component('Assignment', 'Who got a lead, when, and how it went on.', fields)
export const AssignmentPage = pageOf('AssignmentPage', 'A page of assignments.', Assignment)

const RoutingCandidate = component('RoutingCandidate', 'A seller who was looked at.', {
  user_id: Id('user', { description: 'The seller.' }),
  reason: OpenEnum(CANDIDATE_REASONS, {
    description:
      'Chosen, or the first thing that stood in the way. `higher_pass`: the turn after this lead would be later; `ahead_of_share`: has had more than the weight says.',
  }),
  detail: Nullable(
    Text(200, {
      description: 'What the reason is about: `open`, `day`, `week`, `language`, `skill shoes`.',
      examples: ['day'],
    }),
  ),
  until: moment('When the obstacle ends by itself.'),
  pass: pass('Turn before this lead; null where nobody looked at it.'),
})
const RoutingTrial = component('RoutingTrial', 'Who was asked for a rule.', {
  rule_key: slug('The rule; null is the default target.', 'fashion-uk'),
  pool_key: slug('The pool; null when one seller was asked.', 'fashion-uk'),
  candidates: List(ref(RoutingCandidate), 1_000, { description: 'Every candidate, in the order of the pool.' }),
})
const RoutingRuleVerdict = component('RoutingRuleVerdict', 'What became of a rule.', {
  rule_key: slug('The rule; null is the default target.', 'fashion-uk'),
  outcome: OpenEnum(RULE_OUTCOMES, { description: 'What became of it.', examples: ['assigned'] }),
})
/** Given whole: deeper than what examples are made of by themselves. */
const EXPLANATION = {
  rules: [{ rule_key: 'fashion-uk', outcome: 'assigned' }],
  trials: [
    {
      rule_key: 'fashion-uk',
      pool_key: 'fashion-uk',
      candidates: [
        { user_id: exampleId('user'), reason: 'chosen', detail: null, until: null, pass: 7_207_200 },
        {
          user_id: exampleId('user'),
          reason: 'at_capacity',
          detail: 'day',
          until: '2026-11-23T00:00:00.000Z',
          pass: null,
        },
      ],
    },
  ],
}
export const RoutingExplanation = component(
  'RoutingExplanation',
  'Why it came so.',
  {
    rules: List(ref(RoutingRuleVerdict), 1_000, { description: 'Rules that were looked at, in their order.' }),
    trials: List(ref(RoutingTrial), 1_000, { description: 'Who was asked, in the order of the rules.' }),
  },
  { examples: [EXPLANATION] },
)

export const ExplainedAssignment = component(
  'ExplainedAssignment',
  'An assignment with its explanation, kept for ever.',
  {
    ...fields,
    explanation: NullableRef(RoutingExplanation, 'Every rule and every candidate; null where a person decided.'),
  },
)

export const UnroutedLead = component('UnroutedLead', 'A lead that should have an owner and has none.', {
  lead_id: Id('lead', { description: 'The lead.' }),
  state: OpenEnum(['waiting', 'unroutable'], {
    description: 'It waits for a pool by its rule, or nobody could take it.',
  }),
  reason: OpenEnum(['nobody_available', 'unknown_target'], { description: 'Why.' }),
  rule_key: slug('Rule that it waits for; null is the default target.', null),
  pool_key: slug('Pool that it waits for.', null),
  since: Timestamp({ description: 'Since when.' }),
  retry_at: moment('When it is tried again at the latest.'),
  policy_version: Int(1, 2_147_483_647, { description: 'Version of the routing policy.', examples: [3] }),
  receipt_id: Id('receipt', { description: 'Receipt of the decision.' }),
  explanation: ref(RoutingExplanation),
})
export const UnroutedLeadPage = pageOf(
  'UnroutedLeadPage',
  'A page of leads without an owner, the longest waiting first.',
  UnroutedLead,
)

export const LeadRouteInput = input(
  'LeadRouteInput',
  'Who shall have the lead; the rules decide when nobody is named.',
  {
    user_id: Type.Optional(
      Nullable(Id('user', { description: 'This seller, whatever the rules say; must be active.' })),
    ),
    note: Type.Optional(Nullable(Text(500, { description: 'Why, for people.', examples: ['Asked for Grace.'] }))),
  },
)

export const LeadRouteResult = component('LeadRouteResult', 'Where the lead is now.', {
  routed: Flag({ description: 'False: nobody could take it, see `unrouted`.' }),
  assignment: NullableRef(ExplainedAssignment, 'The open assignment.'),
  unrouted: NullableRef(UnroutedLead, 'What it waits for, when it has no owner.'),
})
