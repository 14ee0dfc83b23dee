/** Shapes of a lead's qualification. */
import { Type } from 'typebox'
import { CRITERION_STATUSES } from '../../domain/lifecycle/qualification.ts'
import {
  component,
  Flag,
  Id,
  Int,
  input,
  List,
  Nullable,
  OpenEnum,
  ref,
  Slug,
  Text,
  Timestamp,
} from '../../http/schema.ts'

const criterion = Slug({ description: 'Key of the criterion.', examples: ['budget'] })
const status = OpenEnum(CRITERION_STATUSES, { description: 'What the answer says about the criterion.' })
const fields = {
  value: Nullable(Text(2_000, { description: 'The answer in words.', examples: ['20,000 EUR approved'] })),
  evidence: Nullable(
    Text(5_000, { description: 'What was said or seen.', examples: ['"We have 20k for this year."'] }),
  ),
  evidence_url: Nullable(
    Text(2_000, { description: 'Where to find it: a recording, a ticket.', examples: ['https://calls.test/81'] }),
  ),
  confidence: Nullable(
    Type.Number({ minimum: 0, maximum: 1, format: 'double', description: 'How sure it is, 0 to 1.', examples: [0.9] }),
  ),
  expires_at: Nullable(
    Timestamp({
      description: 'When it no longer counts; by the rule of the criterion when left out.',
      examples: ['2099-05-04T09:00:00.000Z'],
    }),
  ),
}
const source = Text(200, { description: 'Where it comes from: `api`, `form:<key>`, a call …', examples: ['call'] })

export const CriterionAnswer = component('CriterionAnswer', 'What is known about one criterion.', {
  criterion,
  status,
  counts_as: OpenEnum([...CRITERION_STATUSES, 'expired', 'unsure'], {
    description: 'How it counts now: an answer that has expired or is not sure enough counts as none.',
  }),
  ...fields,
  source,
  by: OpenEnum(['person', 'machine'], { description: 'Who found out.', examples: ['person'] }),
  actor: Text(200, { description: 'Who wrote it.', examples: ['key_01k8r5x4q3e7vb2c9m6h0n1d5s'] }),
  answered_at: Timestamp({ description: 'When it was answered.' }),
})

const FrameworkVerdictSchema = component('FrameworkVerdict', 'What the answers amount to in one framework.', {
  framework: Slug({ description: 'Key of the framework.', examples: ['bant'] }),
  complete: Flag({ description: 'Every required criterion has an answer that counts.', examples: [false] }),
  qualified: Flag({ description: 'Complete, nothing required is unmet, and the score is reached.', examples: [false] }),
  score: Int(0, 100, { description: 'Percent of the weights.', examples: [50] }),
  missing: List(criterion, 100, { description: 'Required criteria without an answer that counts.' }),
  unmet: List(criterion, 100, { description: 'Required criteria that are not met.' }),
})

export const LeadQualification = component('LeadQualification', 'The qualification of a lead.', {
  lead_id: Id('lead', { description: 'The lead.' }),
  answers: List(ref(CriterionAnswer), 1_000, { description: 'Answers, by criterion.' }),
  verdicts: List(ref(FrameworkVerdictSchema), 100, { description: 'The verdict of every framework.' }),
  kept: List(criterion, 100, { description: 'Criteria of this request whose better answer was kept.', examples: [[]] }),
  next_change_at: Nullable(Timestamp({ description: 'When the next answer expires.', examples: [null] })),
  policy: Text(200, { description: 'Version of the lifecycle that decided.', examples: ['lifecycle:default@3'] }),
  etag: Text(40, { description: 'Send it as If-Match to change what you have read.', examples: ['"v1"'] }),
})

const AnswerInput = input('CriterionAnswerInput', 'An answer; `unknown` without a value takes back what was said.', {
  criterion,
  status,
  value: Type.Optional(fields.value),
  evidence: Type.Optional(fields.evidence),
  evidence_url: Type.Optional(fields.evidence_url),
  confidence: Type.Optional(fields.confidence),
  expires_at: Type.Optional(fields.expires_at),
  source: Type.Optional(source),
  by: Type.Optional(
    OpenEnum(['person', 'machine'], {
      description: 'Who found out, a person when left out; a machine never writes over a person.',
      examples: ['person'],
    }),
  ),
})

export const LeadQualificationUpdate = input('LeadQualificationUpdate', 'Answers to add or to replace.', {
  answers: List(ref(AnswerInput), 100, { description: 'Answers; other criteria stay as they are.', minItems: 1 }),
})
