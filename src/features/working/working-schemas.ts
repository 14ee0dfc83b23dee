/** Shapes of the work on assignments on the wire. */
import { Type } from 'typebox'
import { SLA_TARGETS } from '../../domain/sla/sla-policy.ts'
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
  ref,
  Slug,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import { SLA_CLOCK_STATES, SLA_TARGET_STATES } from '../../pipeline/sla/describe-clock.ts'

const SlaTargetProgress = component('SlaTargetProgress', 'Where a promise stands.', {
  target: OpenEnum(SLA_TARGETS, { description: 'What is promised.' }),
  state: OpenEnum(SLA_TARGET_STATES, { description: 'Where it stands.' }),
  due_at: Nullable(
    Timestamp({
      description: 'By when, with the hours as they are now; null when met, ended, or while the clock stands still.',
    }),
  ),
  breached: Flag({ description: 'True when it was missed, also if it was met afterwards.', examples: [false] }),
})

const AssignmentSla = component('AssignmentSla', 'The promise that an assignment is under.', {
  state: OpenEnum(SLA_CLOCK_STATES, {
    description: '`pending` until the policy has been found, which takes a moment.',
    examples: ['running'],
  }),
  policy_key: Nullable(Slug({ description: 'The service level.', examples: ['hot-leads'] })),
  policy_version: Nullable(Int(1, 2_147_483_647, { description: 'Its version.', examples: [3] })),
  targets: List(ref(SlaTargetProgress), SLA_TARGETS.length, { description: 'What is promised.' }),
})

const when = (description: string) => Nullable(Timestamp({ description }))

export const AssignmentProgress = component('AssignmentProgress', 'How far the work on an assignment is.', {
  id: Id('assignment', { description: 'Id of the assignment.' }),
  lead_id: Id('lead', { description: 'The lead.' }),
  target: OpenEnum(['user', 'queue', 'buyer'], { description: 'Who has it: a seller, a pull queue, or a buyer.' }),
  user_id: Nullable(Id('user', { description: 'The seller; null for a queue and for a buyer.' })),
  pool_key: Nullable(Slug({ description: 'The pool that it came from.', examples: ['inbound'] })),
  arrived_at: Timestamp({ description: 'When the lead came: speed is measured from here.' }),
  assigned_at: Timestamp({ description: 'When it was assigned.' }),
  accepted_at: when('When the seller accepted it.'),
  first_touch_at: when('When the lead was first touched.'),
  qualified_at: when('When the lead was qualified or disqualified.'),
  ended_at: when('When the assignment ended; null while it is open.'),
  end_reason: Nullable(
    OpenEnum(['declined', 'released', 'reassigned', 'pulled', 'owner_changed', 'closed', 'sla_breached'], {
      description: 'Why it ended.',
    }),
  ),
  end_note: Nullable(Text(2_000, { description: 'In the words of who ended it.', examples: ['No capacity today.'] })),
  etag: Text(40, { description: 'Changes with every change of the assignment.', examples: ['"v1"'] }),
  sla: NullableRef(AssignmentSla, 'What is promised; null when nothing is.'),
})

export const PulledLead = component('PulledLead', 'What a pull queue gave.', {
  assignment: NullableRef(AssignmentProgress, 'The new assignment; null when nothing waits.'),
})

const reason = Text(2_000, {
  description: 'Why, for people and reports.',
  examples: ['No capacity today.'],
  minLength: 1,
})

export const ASSIGNMENT_RESPONSES = ['accept', 'decline', 'first_response'] as const

export const AssignmentResponse = input('AssignmentResponse', 'What the seller says.', {
  action: OpenEnum(ASSIGNMENT_RESPONSES, {
    description:
      '`accept` takes the lead, `decline` gives it back (needs `reason`), `first_response` records the first touch of the lead.',
  }),
  reason: Type.Optional(Nullable(reason)),
  occurred_at: Type.Optional(
    Nullable(
      Timestamp({
        description: 'When the lead was touched, for `first_response`; now when left out.',
        examples: [null],
      }),
    ),
  ),
})

export const AssignmentRelease = input('AssignmentRelease', 'Why a lead is given back.', {
  reason,
  to_queue: Type.Optional(
    Flag({ description: 'True puts it into the pull queue of its pool; else it is routed anew.', examples: [false] }),
  ),
})

export const AssignmentReassign = input('AssignmentReassign', 'Who gets the lead instead, and why.', {
  user_id: Id('user', { description: 'An active seller.' }),
  reason,
})

export const PullRequest = input('PullRequest', 'Who pulls.', {
  user_id: Id('user', { description: 'A member of the pool.' }),
})

export const LeadHandOver = input('LeadHandOver', 'Who gets the leads of a seller, and why.', {
  reason,
  to_user_id: Type.Optional(
    Nullable(Id('user', { description: 'An active seller who gets all of them; each is routed anew when left out.' })),
  ),
})
