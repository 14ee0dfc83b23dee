/** Shapes of activities on the wire. */
import { Type } from 'typebox'
import { RECORDABLE_PATTERN, RECORDABLE_TYPES } from '../../domain/activity.ts'
import { BATCH_LIMIT } from '../../http/batch.ts'
import {
  component,
  Flag,
  FreeMap,
  Id,
  Int,
  input,
  List,
  Nullable,
  OpenEnum,
  pageOf,
  ref,
  Text,
  Timestamp,
} from '../../http/schema.ts'

const TYPES = [
  ...RECORDABLE_TYPES,
  'form_submitted',
  'website_visit',
  'lead_created',
  'lead_updated',
  'lead_enriched',
  'stage_changed',
  'sequence_entered',
  'sequence_ended',
] as const

const subject = Nullable(Text(500, { description: 'A short title.', examples: ['Discovery call'] }))
const body = Nullable(
  Text(20_000, { description: 'Notes, as they were written.', examples: ['Wants a demo next week.'] }),
)
const data = FreeMap(50, {
  description: 'Details of this type, up to 16 kB as JSON.',
  examples: [{ direction: 'outbound', duration_seconds: 340 }],
})
const assignee = Nullable(Id('user', { description: 'Seller who did it or is to do it.', examples: [null] }))
const due = Nullable(Timestamp({ description: 'Of a task: when it is due.', examples: [null] }))
const done = Nullable(
  Timestamp({ description: 'Of a task: when it was done; null while it is open.', examples: [null] }),
)

export const Activity = component('Activity', 'One line of a timeline.', {
  id: Id('activity', { description: 'Id.' }),
  lead_id: Id('lead', { description: 'The lead.' }),
  type: OpenEnum(TYPES, {
    description: 'What happened; `custom:<key>` is a kind of your own, and further types are told by the service.',
    examples: ['call'],
  }),
  occurred_at: Timestamp({ description: 'When it happened.' }),
  actor: Text(200, { description: 'Who recorded it: a key, a form, or the system.', examples: ['form:demo'] }),
  subject,
  body,
  data: FreeMap(200, data as unknown as { description: string }),
  assignee_id: assignee,
  due_at: due,
  done_at: done,
  receipt_id: Nullable(Id('receipt', { description: 'Receipt of the decision behind it.', examples: [null] })),
  version: Int(1, 2_147_483_647, { description: 'Grows with every change.', examples: [1] }),
  etag: Text(40, { description: 'Send it as If-Match to change this version only.', examples: ['"v1"'] }),
  updated_at: Nullable(Timestamp({ description: 'When it was last changed; null for what the service tells.' })),
})

export const RecordedActivityPage = pageOf('RecordedActivityPage', 'A page of recorded activities.', Activity)

const writable = {
  occurred_at: Type.Optional(Timestamp({ description: 'When it happened; now when left out. Never in the future.' })),
  subject: Type.Optional(subject),
  body: Type.Optional(body),
  data: Type.Optional(data),
  assignee_id: Type.Optional(assignee),
  due_at: Type.Optional(due),
  done_at: Type.Optional(done),
}

export const ActivityCreate = input('ActivityCreate', 'Something that was done with a lead, or is to be done.', {
  lead_id: Id('lead', { description: 'The lead.' }),
  type: Type.String({
    maxLength: 64,
    pattern: RECORDABLE_PATTERN,
    description: 'What it is; `custom:<key>` is a kind of your own. A `task` has `due_at` and `done_at`.',
    examples: ['call'],
  }),
  ...writable,
})

export const ActivityUpdate = input(
  'ActivityUpdate',
  'What to correct (JSON merge patch): absent keeps, null clears, `data` merges; `done_at` completes a task.',
  writable,
)

export const ActivityBatchCreate = input('ActivityBatchCreate', 'Activities to record.', {
  items: List(ref(ActivityCreate), BATCH_LIMIT, {
    description: 'Activities; each is answered for itself.',
    minItems: 1,
  }),
  atomic: Type.Optional(Flag({ description: 'True writes all or none; false when left out.', examples: [false] })),
})
