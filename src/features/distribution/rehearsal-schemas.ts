/** Shapes of simulations, replays and the fairness report. */
import { Type } from 'typebox'
import { CANDIDATE_REASONS } from '../../domain/routing/explanation.ts'
import { MOST_EXAMPLES } from '../../domain/routing/replay.ts'
import {
  ClosedEnum,
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
import { RoutingExplanation } from './assignment-schemas.ts'

const count = (description: string, example = 12) =>
  Int(0, Number.MAX_SAFE_INTEGER, { description, examples: [example] })
const number = (description: string, example: number) =>
  Type.Number({ format: 'double', minimum: -1e15, maximum: 1e15, description, examples: [example] })
const user = (description: string) => Nullable(Id('user', { description }))
const slug = (description: string) => Nullable(Slug({ description, examples: ['fashion-uk'] }))
const uses = Type.Optional(
  ClosedEnum(['draft', 'published'], {
    description: 'Which version decides; the draft when left out and there is one.',
    examples: ['published'],
  }),
)

export const RoutingSimulationInput = input('RoutingSimulationInput', 'One lead, or the newest ones.', {
  lead_id: Type.Optional(Nullable(Id('lead', { description: 'This lead.' }))),
  sample: Type.Optional(
    Int(1, 100, { description: 'So many of the newest leads instead; 20 when left out.', examples: [20] }),
  ),
  uses,
})

const SimulatedRouting = component('SimulatedRouting', 'Where a lead would go now.', {
  lead_id: Id('lead', { description: 'The lead.' }),
  is_due: Flag({ description: 'Whether the policy would route it by itself, had it no owner.' }),
  outcome: OpenEnum(['user', 'queue', 'buyer', 'waiting', 'unroutable'], { description: 'What would become of it.' }),
  rule_key: slug('Rule that would decide; null is the default target.'),
  user_id: user('Who would get it.'),
  pool_key: slug('From this pool.'),
  buyer_key: slug('Buyer outside.'),
  owner_id: user('Who has it now.'),
  explanation: ref(RoutingExplanation),
})

export const RoutingSimulation = component('RoutingSimulation', 'Rules tried on leads; nothing was changed.', {
  policy_version: Int(1, 2_147_483_647, { description: 'Version of the routing policy.', examples: [3] }),
  data: List(ref(SimulatedRouting), 100, { description: 'Leads as if they came now, one after the other.' }),
})

export const RoutingReplayInput = input('RoutingReplayInput', 'Which days, through which version.', {
  days: Int(1, 366, { description: 'So many days back from now, whole days (UTC).', examples: [30] }),
  uses,
})

const ReplayedMember = component('ReplayedMember', 'A seller, then and in the replay.', {
  user_id: Id('user', { description: 'The seller.' }),
  received: count('Leads that the rules gave then.'),
  replayed: count('Leads that they give in the replay.'),
  expected: number('Leads by weight, had nobody ever been away.', 11.5),
  breaches: count('Of the leads received then, those taken away for a broken promise.', 1),
  breaches_elsewhere: count('Of those, how many another seller has in the replay.', 1),
})
const ReplayedOwner = component('ReplayedOwner', 'A lead that another seller has in the replay.', {
  lead_id: Id('lead', { description: 'The lead.' }),
  assigned_at: Timestamp({ description: 'When it was given.' }),
  from_user_id: user('Who got it then.'),
  to_user_id: user('Who gets it in the replay; null: nobody.'),
  rule_key: slug('Rule that decides in the replay.'),
})
const RoutingReplayResult = component('RoutingReplayResult', 'What came of a replay.', {
  started_at: Nullable(Timestamp({ description: 'First decision of the first day; null when there was none.' })),
  arrivals: count('Decisions of the log.', 240),
  changed_owners: count('Leads that another seller has.', 31),
  unroutable: count('Leads that nobody could take.', 0),
  waiting: count('Leads that wait for a pool.', 0),
  queued: count('Leads in a pull queue.', 0),
  sold: count('Leads for a buyer.', 0),
  owners_digest: Text(64, {
    description: 'SHA-256 of all owners in order: equal digests mean equal owners.',
    examples: ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  }),
  members: List(ref(ReplayedMember), 10_000, { description: 'Everybody who got a lead, then or in the replay.' }),
  changed: List(ref(ReplayedOwner), MOST_EXAMPLES, { description: `The first ${MOST_EXAMPLES} changed owners.` }),
})
export const RoutingReplay = component('RoutingReplay', 'Past arrivals through a version of the rules.', {
  id: Id('replay', { description: 'Id.' }),
  operation_id: Id('operation', { description: 'How far it is.' }),
  policy_version: Int(1, 2_147_483_647, {
    description: 'Version of the routing policy, as it was when asked.',
    examples: [3],
  }),
  from_at: Timestamp({ description: 'First moment.' }),
  to_at: Timestamp({ description: 'First moment after.' }),
  result: NullableRef(RoutingReplayResult, 'What came of it; null until the operation has succeeded.'),
  created_at: Timestamp({ description: 'When it was asked for; conditions see leads as they were then.' }),
  created_by: Text(200, { description: 'Who asked.', examples: ['key_01k8r5x4q3e7vb2c9m6h0n1d5s'] }),
})

const FairnessCause = component('FairnessCause', 'Why a seller did not get what the weight says.', {
  reason: OpenEnum(CANDIDATE_REASONS, { description: 'What stood in the way.', examples: ['absent'] }),
  leads: number('Expected leads that it cost.', 2.5),
})
const ScoreMix = component('ScoreMix', 'Scores of the leads received.', {
  average: Nullable(number('The mean; null without scores.', 61.5) as ReturnType<typeof Type.Number>),
  low: count('Below 34.', 2),
  medium: count('From 34.', 5),
  high: count('From 67.', 5),
})
const MemberFairness = component('MemberFairness', 'What a seller was due and got.', {
  user_id: Id('user', { description: 'The seller.' }),
  expected: number('Leads by weight, had nobody ever been away.', 12.5),
  received: count('Leads received.'),
  deviation: number('Received less expected.', -0.5),
  causes: List(ref(FairnessCause), CANDIDATE_REASONS.length, { description: 'What was lost, the largest first.' }),
  gained: number('Leads taken over from others who could not take theirs.', 2.25),
  worth: number('Worth of the leads received.', 14_400),
  score_mix: ref(ScoreMix),
})
export const FairnessReport = component('FairnessReport', 'Who was due what, who got what, and why they differ.', {
  from_at: Timestamp({ description: 'First moment.' }),
  to_at: Timestamp({ description: 'First moment after.' }),
  decisions: count('Decisions of pools that were counted.', 50),
  data: List(ref(MemberFairness), 10_000, { description: 'Everybody who was a candidate, by id.' }),
})
