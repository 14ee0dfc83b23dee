/** Shapes of a rehearsal on the wire. */
import { Type } from 'typebox'
import { STEP_KINDS } from '../../domain/sequence/sequence.ts'
import {
  component,
  Id,
  Int,
  input,
  List,
  Nullable,
  OpenEnum,
  ref,
  Slug,
  Text,
  TextMap,
  Timestamp,
} from '../../http/schema.ts'

/** Days that may be walked: a year tells whatever there is to tell. */
const MAX_DAYS = 365
export const DEFAULT_DAYS = 90
const MOST_HAPPENINGS = 100
/** Steps that an answer shows. */
export const MOST_LOG = 5_000

const version = (description: string) => Int(1, 2_147_483_647, { description, examples: [1] })

const RehearsalEvent = input('RehearsalEvent', 'Something that the lead does on the way.', {
  name: Text(200, { description: 'Name of the event.', minLength: 1, examples: ['page_viewed'] }),
  occurred_at: Timestamp({ description: 'When, in the time that is walked.' }),
  properties: Type.Optional(
    TextMap(20, 1_000, { description: 'Properties of the event.', examples: [{ path: '/pricing' }] }),
  ),
})

export const RehearsalRequest = input('RehearsalRequest', 'Whom to walk through the sequence, and how far.', {
  lead_id: Id('lead', { description: 'The lead, as it is now.' }),
  version: Type.Optional(version('Version to walk; the draft, else the published one, when left out.')),
  days: Type.Optional(
    Int(1, MAX_DAYS, { description: `Days to walk from now on; ${DEFAULT_DAYS} when left out.`, examples: [90] }),
  ),
  events: Type.Optional(List(ref(RehearsalEvent), MOST_HAPPENINGS, { description: 'What the lead does on the way.' })),
  replied_at: Type.Optional(
    Timestamp({ description: 'When the lead answers a mail.', examples: ['2099-01-01T00:00:00.000Z'] }),
  ),
  opted_out_at: Type.Optional(
    Timestamp({ description: 'When the lead opts out.', examples: ['2099-01-01T00:00:00.000Z'] }),
  ),
})

const RehearsedStep = component('RehearsedStep', 'A step that would be taken.', {
  at: Timestamp({ description: 'When.' }),
  step_key: Slug({ description: 'The step.', examples: ['hello'] }),
  kind: OpenEnum(STEP_KINDS, { description: 'What it does.' }),
  way: Nullable(Text(64, { description: 'The way it takes, where there are several.', examples: [null] })),
})

export const Rehearsal = component('Rehearsal', 'What would happen to the lead; nothing was changed or sent.', {
  version: version('The version that was walked.'),
  entry_refusal: Nullable(
    Text(64, { description: 'Why the lead could not enter now; it was walked all the same.', examples: [null] }),
  ),
  log: List(ref(RehearsedStep), MOST_LOG, {
    description: `Steps in the order in which they are taken, at most ${MOST_LOG}.`,
  }),
  end_reason: Nullable(
    Text(64, { description: 'Why it ends; null when it does not in that time.', examples: ['completed'] }),
  ),
  ended_at: Nullable(Timestamp({ description: 'When it ends.' })),
  waits_at: Nullable(
    Slug({ description: 'Step that it waits at when the time is over; null when it has ended.', examples: [null] }),
  ),
})
