/** Shapes of runs on the wire. */
import { Type } from 'typebox'
import { RUN_CAUSES, RUN_STATES, STEP_OUTCOMES } from '../../domain/enrichment/providers/enrichment-run.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
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
import type { EnrichmentRun } from '../../pipeline/enrich/run-queries.ts'

const cost = (description: string) => Int(0, Number.MAX_SAFE_INTEGER, { description, examples: [4_000] })

const KeptEnrichmentValue = component('KeptEnrichmentValue', 'A value of an answer that was not taken.', {
  field: Text(100, { description: 'The field.', examples: ['city'] }),
  reason: Text(100, {
    description:
      'Why: `typed_by_a_person`, `filled` already, `too_unsure`, `no_company`, or what is wrong with the value itself.',
    examples: ['too_unsure'],
  }),
})

export const EnrichmentStep = component('EnrichmentStep', 'How asking one provider went.', {
  provider: Slug({ description: 'Key of the provider.', examples: ['people'] }),
  outcome: OpenEnum(STEP_OUTCOMES, {
    description: 'How it ended; `in_doubt` is a call that was cut off: it may have been made, and counts as paid.',
  }),
  reason: Nullable(
    Text(100, { description: 'Why, where it was not asked or failed.', examples: ['budget_exhausted'] }),
  ),
  fields: List(Text(100, { description: 'A field.', examples: ['job_title'] }), 100, {
    description: 'Fields that were written.',
    examples: [['job_title']],
  }),
  kept: List(ref(KeptEnrichmentValue), 1_000, {
    description: 'Fields that it found and that were not written, and why.',
    examples: [[{ field: 'city', reason: 'too_unsure' }]],
  }),
  cost_micros: cost('What it cost, in millionths of the currency.'),
  round: Int(0, 1_000, { description: 'Passage of the run in which it was asked.', examples: [0] }),
  remembered: Flag({ description: 'True when a remembered answer served.', examples: [false] }),
  at: Timestamp({ description: 'When.' }),
  duration_ms: Nullable(Int(0, 2_147_483_647, { description: 'How long the call took.', examples: [212] })),
})

export const EnrichmentRunSchema = component('EnrichmentRun', 'One passage of a lead through the providers.', {
  id: Id('enrichment_run', { description: 'Id.' }),
  lead_id: Id('lead', { description: 'The lead.' }),
  cause: OpenEnum(RUN_CAUSES, {
    description: 'Why it was asked for: the lead changed, somebody asked, or time passed.',
  }),
  actor: Text(200, { description: 'Who asked for it.', examples: ['system'] }),
  state: OpenEnum(RUN_STATES, { description: '`queued` until it has ended.' }),
  reason: Nullable(Text(100, { description: 'Why it found nothing.', examples: ['budget_exhausted'] })),
  fresh: Flag({
    description: 'True asks again although fields are filled and answers are remembered.',
    examples: [false],
  }),
  policy_version: Nullable(
    Int(1, 2_147_483_647, {
      description: 'Version of the policy that it followed; null before it began.',
      examples: [1],
    }),
  ),
  steps: List(ref(EnrichmentStep), 1_000, { description: 'Providers in the order in which they were asked.' }),
  cost_micros: cost('What it cost in all.'),
  due_at: Timestamp({ description: 'When it is to begin, or to go on.' }),
  created_at: Timestamp({ description: 'When it was asked for.' }),
  finished_at: Nullable(Timestamp({ description: 'When it ended; null before.' })),
})

export const EnrichmentRunPage = pageOf('EnrichmentRunPage', 'A page of runs, newest first.', EnrichmentRunSchema)

export const EnrichmentRunCreate = input(
  'EnrichmentRunCreate',
  'Which leads to ask about: either `lead_ids` or `filter`.',
  {
    lead_ids: Type.Optional(
      List(Id('lead', { description: 'A lead.' }), 200, { description: 'These leads.', minItems: 1 }),
    ),
    filter: Type.Optional(NullableRef(ConditionSchema, 'All leads that it finds, archived ones left out.')),
    fresh: Type.Optional(
      Flag({
        description:
          'True asks every provider again, although fields are filled and answers are remembered; false when left out.',
        examples: [false],
      }),
    ),
  },
  { examples: [{ lead_ids: ['lead_01k8r5x4q3e7vb2c9m6h0n1d5s'], fresh: false }] },
)

/** The wire form of a run. */
export function toRun({ input_hash: _, fence: __, tries: ___, ...run }: EnrichmentRun) {
  const steps = run.steps.map((step) => ({ kept: [], ...step }))
  return { ...run, steps, id: encodeTypeId('enrichment_run', run.id), lead_id: encodeTypeId('lead', run.lead_id) }
}
