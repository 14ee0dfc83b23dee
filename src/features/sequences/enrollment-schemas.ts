/** Shapes of enrollments on the wire. */
import { Type } from 'typebox'
import { describeEnrollment, ENROLLMENT_STATUSES, type EnrollmentRow } from '../../domain/sequence/enrollment.ts'
import { STEP_KINDS } from '../../domain/sequence/sequence.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { BATCH_LIMIT } from '../../http/batch.ts'
import { etagOf } from '../../http/etag.ts'
import {
  ClosedEnum,
  component,
  Flag,
  Id,
  Int,
  input,
  List,
  Nullable,
  OpenEnum,
  pageOf,
  ref,
  Slug,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import type { VisitRow } from '../../pipeline/sequences/enrollment-queries.ts'
import { SequenceKey } from './sequence-schemas.ts'

/** Newest visits that an answer shows. */
export const MOST_VISITS = 200

const END_REASONS = [
  'completed',
  'goal',
  'stage',
  'condition',
  'reply',
  'opted_out',
  'archived',
  'retired',
  'stopped',
  'failed',
] as const

const slug = (description: string, example: string | null) => Slug({ description, examples: [example] })
const version = Int(1, 2_147_483_647, { description: 'Version of the sequence that it follows.', examples: [1] })

export const EnrollmentId = Id('enrollment', { description: 'Id of the enrollment.' })

const fields = {
  id: EnrollmentId,
  sequence_key: SequenceKey,
  version,
  lead_id: Id('lead', { description: 'The lead.' }),
  status: ClosedEnum(ENROLLMENT_STATUSES, { description: 'Active until it ends, unless somebody pauses it.' }),
  reason: Nullable(
    OpenEnum(END_REASONS, { description: 'Why it ended; `failed` is why the service paused it.', examples: [null] }),
  ),
  held_out: Flag({
    description: 'Walks along and gets nothing: no step does anything, its goal is watched.',
    examples: [false],
  }),
  step_key: Nullable(slug('Step that comes next or that it waits at; null is behind the last.', 'rest')),
  waiting_since: Nullable(Timestamp({ description: 'Since when it waits at this step.' })),
  variant: Nullable(slug('Variant of the last split.', null)),
  due_at: Nullable(Timestamp({ description: 'The next look; null only when something happens to the lead.' })),
  steps_taken: Int(0, 2_147_483_647, { description: 'Steps so far.', examples: [1] }),
  entered_by: Text(200, {
    description: 'A key, `entry:<kind>` of the sequence itself, or `sequence:<key>`.',
    examples: ['entry:segment'],
  }),
  started_at: Timestamp({ description: 'When it began.' }),
  ended_at: Nullable(Timestamp({ description: 'When it ended.', examples: [null] })),
  updated_at: Timestamp({ description: 'When it last changed.' }),
  etag: Text(40, { description: 'Send it as If-Match to change what you have read.', examples: ['"v3"'] }),
}

const EnrollmentVisit = component('EnrollmentVisit', 'A step that was taken.', {
  position: Int(0, 2_147_483_647, { description: 'Number of the visit, from 0.', examples: [0] }),
  step_key: slug('The step.', 'hello'),
  kind: OpenEnum(STEP_KINDS, { description: 'What it does.' }),
  way: Nullable(
    Text(64, {
      description:
        'The way it took: a variant, the number of a branch, `otherwise`, `timeout`; null where there is one.',
      examples: [null],
    }),
  ),
  variant: Nullable(slug('Variant of the last split before it.', null)),
  outcome: Nullable(
    Text(100, { description: '`done`, or why not; null for steps that only lead on.', examples: ['done'] }),
  ),
  message_id: Nullable(Id('message', { description: 'The mail.', examples: [null] })),
  visited_at: Timestamp({ description: 'When.' }),
})

export const Enrollment = component('Enrollment', 'One lead inside one sequence.', fields)

export const EnrollmentDetail = component('EnrollmentDetail', 'An enrollment with the steps that it took.', {
  ...fields,
  visits: List(ref(EnrollmentVisit), MOST_VISITS, {
    description: `The newest ${MOST_VISITS} steps, in the order in which they were taken.`,
  }),
})

export const EnrollmentPage = pageOf('EnrollmentPage', 'A page of enrollments, newest first.', Enrollment)

export const EnrollmentCreate = input('EnrollmentCreate', 'Leads to enroll.', {
  sequence_key: SequenceKey,
  lead_ids: List(Id('lead', { description: 'A lead.' }), BATCH_LIMIT, { description: 'The leads.', minItems: 1 }),
})

export const EnrollmentUpdate = input('EnrollmentUpdate', 'What shall become of an enrollment; absent keeps.', {
  status: Type.Optional(
    ClosedEnum(ENROLLMENT_STATUSES, {
      description:
        '`paused` takes no step and holds mail that has not left, `active` goes on and lets it go, `ended` stops for good and cancels mail ' +
        'that has not left.',
      examples: ['paused'],
    }),
  ),
  version: Type.Optional(
    Int(1, 2_147_483_647, { description: 'The published version, to move there from an older one.', examples: [1] }),
  ),
  step_key: Type.Optional(slug('Step to go on at, without those in between.', 'tagged')),
})

/** The wire form of an enrollment. */
export function toEnrollment(row: EnrollmentRow) {
  const ids = { enrollment: encodeTypeId('enrollment', row.id), lead: encodeTypeId('lead', row.lead_id) }
  return { ...describeEnrollment(row, ids), etag: etagOf(row.edits) }
}

/** The same with its visits. */
export function toEnrollmentDetail(row: EnrollmentRow, visits: readonly VisitRow[]) {
  return {
    ...toEnrollment(row),
    visits: visits.map(({ enrollment_id: _, sequence_key: __, message_id, ...visit }) => ({
      ...visit,
      message_id: message_id === null ? null : encodeTypeId('message', message_id),
    })),
  }
}
