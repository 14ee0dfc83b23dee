/** Shapes of dry runs. */
import { Type } from 'typebox'
import { CRITERION_STATUSES } from '../../domain/lifecycle/qualification.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { makePointer } from '../../http/body/json-pointer.ts'
import { ProblemItemSchema } from '../../http/problem.ts'
import {
  component,
  FreeMap,
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
import type { RehearsedAnswer } from '../../pipeline/record-answers.ts'
import type { DryRun } from './dry-run-service.ts'
import { FormUpdate } from './form-schemas.ts'
import { SpamVerdictSchema } from './spam-schemas.ts'
import { SubmissionFields } from './submission-schemas.ts'

export const DryRunInput = input('SubmissionDryRunRequest', 'A submission that is not sent.', {
  fields: ref(SubmissionFields),
  version: Type.Optional(
    Nullable(
      Int(1, 2_147_483_647, {
        description: 'Published version to try; the current one when left out.',
        examples: [null],
      }),
    ),
  ),
  definition: Type.Optional(NullableRef(FormUpdate, 'A draft to try instead of a published version.')),
})

const KeptFieldSchema = component('SubmissionDryRunKept', 'A field whose new value would not win.', {
  field: Text(100, { description: 'Field of the lead.', examples: ['phone'] }),
  reason: Text(100, { description: 'Why not.', examples: ['typed_by_a_person'] }),
})

const RejectedCandidateSchema = component('SubmissionDryRunCandidate', 'A lead that was considered and not taken.', {
  lead_id: Id('lead', { description: 'The lead.' }),
  identity: Text(100, { description: 'What it has in common.', examples: ['phone'] }),
  reason: Text(100, { description: 'Why it is not the one.', examples: ['same_phone_other_email'] }),
})

const DryRunLead = component('SubmissionDryRunLead', 'What would happen to a lead.', {
  outcome: OpenEnum(['created', 'updated', 'unchanged'], { description: 'What would happen.', examples: ['updated'] }),
  lead_id: Nullable(Id('lead', { description: 'The known lead, null for a new one.' })),
  rule: Nullable(Text(100, { description: 'Identity that decided, null for a new lead.', examples: ['email'] })),
  changed_fields: List(Text(100, { description: 'A field.', examples: ['phone'] }), 500, {
    description: 'Fields that would change.',
  }),
  values: FreeMap(500, { description: 'Their new values.', examples: [{ phone: '+4930123456' }] }),
  previous: FreeMap(500, { description: 'Their values now.', examples: [{ phone: null }] }),
  kept: List(ref(KeptFieldSchema), 500, { description: 'Fields whose new value would not win.', examples: [[]] }),
  rejected: List(ref(RejectedCandidateSchema), 500, { description: 'Other candidates.', examples: [[]] }),
})

const DryRunConsent = component('SubmissionDryRunConsent', 'A consent that would be recorded.', {
  consent_key: Slug({ description: 'Key of the consent in the form.', examples: ['newsletter'] }),
  purpose: Slug({ description: 'Purpose.', examples: ['marketing'] }),
  channel: Text(64, { description: 'Channel.', examples: ['email'] }),
  wording_hash: Text(64, {
    description: 'SHA-256 of the wording.',
    examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  }),
  locale: Text(35, { description: 'Locale of the wording.', examples: ['en'] }),
})

const DryRunAnswer = component(
  'SubmissionDryRunAnswer',
  'An answer to a qualification criterion that would be taken.',
  {
    criterion: Slug({ description: 'Key of the criterion.', examples: ['budget'] }),
    status: OpenEnum(CRITERION_STATUSES, {
      description: 'What it says about the criterion; `unknown` waits for somebody to judge it.',
    }),
    value: Nullable(Text(2000, { description: 'The value that was given.', examples: ['over_20k'] })),
    evidence: Nullable(
      Text(5000, { description: 'Question and chosen words.', examples: ['Your budget: More than 20,000 EUR'] }),
    ),
    confidence: Nullable(
      Type.Number({ minimum: 0, maximum: 1, format: 'double', description: 'How sure it is.', examples: [0.8] }),
    ),
    expires_at: Nullable(Timestamp({ description: 'When it would no longer count.', examples: [null] })),
    previous_status: Nullable(
      OpenEnum(CRITERION_STATUSES, {
        description: 'What the answer says that it would replace; null when there is none.',
      }),
    ),
    previous_value: Nullable(Text(2000, { description: 'Its value.', examples: [null] })),
  },
)

export const DryRunResult = component('SubmissionDryRun', 'What a submission would become, and why.', {
  would_be: OpenEnum(['refused', 'quarantined', 'processed', 'failed'], {
    description: 'Where it would end. `failed`: no value of it belongs to a lead.',
    examples: ['processed'],
  }),
  form_version: Nullable(
    Int(1, 2_147_483_647, { description: 'Version that was tried, null for a draft.', examples: [3] }),
  ),
  faults: List(ref(ProblemItemSchema), 1000, { description: 'Why it would be refused.', examples: [[]] }),
  spam: NullableRef(SpamVerdictSchema, 'The spam verdict. Rates and repetition are not counted in a dry run.'),
  issues: List(Text(300, { description: 'An issue.', examples: ['phone: not_a_number'] }), 500, {
    description: 'Values without a normal form, consents that could not be proven, and criteria that there are not.',
    examples: [[]],
  }),
  lead: NullableRef(DryRunLead, 'What would happen to a lead; after a release, where it would be quarantined.'),
  qualification: List(ref(DryRunAnswer), 100, { description: 'Answers to qualification criteria.', examples: [[]] }),
  consents: List(ref(DryRunConsent), 50, { description: 'Consents that would be recorded.', examples: [[]] }),
  source_key: Nullable(Slug({ description: 'Source of the touch.', examples: ['newsletter'] })),
  campaign_key: Nullable(Slug({ description: 'Campaign of the touch.', examples: [null] })),
})

/** The wire form of a dry run. */
export function toDryRun({ form_version, faults, rehearsal }: DryRun) {
  const resolution = rehearsal?.resolution ?? null
  const ending = resolution === null ? 'failed' : 'processed'
  const wouldBe = rehearsal?.spam.verdict === 'quarantine' ? 'quarantined' : ending
  return {
    would_be: faults.length > 0 ? 'refused' : wouldBe,
    form_version,
    faults: faults.map(({ field, code, detail }) => ({
      code,
      detail,
      pointer: makePointer(['fields', field]),
      parameter: null,
    })),
    spam: rehearsal?.spam ?? null,
    issues: [
      ...(resolution?.intake.issues ?? []).map(({ field, code }) => `${field}: ${code}`),
      ...(rehearsal?.consents.reasons ?? []),
      ...(rehearsal?.qualification.reasons ?? []),
    ],
    lead: resolution === null ? null : toDryRunLead(resolution),
    qualification: (rehearsal?.qualification.answers ?? []).map(toDryRunAnswer),
    consents: (rehearsal?.consents.rows ?? []).map((row) => ({
      consent_key: row.consent_key ?? '',
      purpose: row.purpose,
      channel: row.channel,
      wording_hash: row.wording_hash ?? '',
      locale: row.locale ?? '',
    })),
    source_key: resolution?.intake.source_key ?? null,
    campaign_key: resolution?.intake.campaign_key ?? null,
  }
}

function toDryRunAnswer({ news: { criterion, answer }, before }: RehearsedAnswer) {
  const { status = 'unknown', value = null, evidence = null, confidence = null, expires_at = null } = answer ?? {}
  const previous = { previous_status: before?.status ?? null, previous_value: before?.value ?? null }
  return { criterion, status, value, evidence, confidence, expires_at, ...previous }
}

function toDryRunLead(resolution: NonNullable<NonNullable<DryRun['rehearsal']>['resolution']>) {
  const { outcome, lead, match, changed_fields, previous, kept } = resolution
  return {
    outcome,
    lead_id: match.lead_id === null ? null : encodeTypeId('lead', match.lead_id),
    rule: match.rule,
    changed_fields,
    values: Object.fromEntries(changed_fields.map((field) => [field, lead[field as keyof typeof lead]])),
    previous,
    kept,
    rejected: match.rejected.map((candidate) => ({ ...candidate, lead_id: encodeTypeId('lead', candidate.lead_id) })),
  }
}
