/** Shapes of what happened to a lead and why. */
import { type TSchema, Type } from 'typebox'
import {
  component,
  FreeMap,
  Id,
  List,
  mapComponent,
  Nullable,
  OpenEnum,
  pageOf,
  ref,
  Text,
  Timestamp,
} from '../../http/schema.ts'

/** Rooms never import each other; a component of another room is referred to by its name. */
const activityComponent = { $id: 'Activity' } as unknown as TSchema

export const ActivityPage = pageOf('ActivityPage', 'A page of a timeline, newest first.', activityComponent)

export const FieldSourceSchema = component('FieldSource', 'Where the value of a field comes from.', {
  field: Text(100, { description: 'Field, or `custom_fields.<key>`.', examples: ['email'] }),
  by: OpenEnum(['person', 'machine'], {
    description: 'A person typed it, or a machine found it out.',
    examples: ['person'],
  }),
  source: Text(200, {
    description: '`form:<key>`, `api`, `builtin:<field>` for what a field of the lead tells, or a provider.',
    examples: ['form:demo'],
  }),
  at: Timestamp({ description: 'When it was written.' }),
  confidence: Nullable(
    Type.Number({
      minimum: 0,
      maximum: 1,
      format: 'double',
      description: 'How sure a machine is; null for people.',
      examples: [0.8],
    }),
  ),
  expires_at: Nullable(Timestamp({ description: 'When what a provider told counts as old.', examples: [null] })),
})

export const FieldSourceList = component('FieldSourceList', 'The sources of all fields of a lead.', {
  data: List(ref(FieldSourceSchema), 500, { description: 'Sources by field, in alphabetical order.' }),
})

export const RejectedCandidate = mapComponent('RejectedCandidate', 50, {
  description: 'What else was considered, and why it was not taken.',
  examples: [{ lead_id: 'lead_01k8r5x4q3e7vb2c9m6h0n1d5s', identity: 'phone', reason: 'same_phone_other_email' }],
})

export const Receipt = component('Receipt', 'The stored explanation of one decision; it never changes.', {
  id: Id('receipt', { description: 'Id.' }),
  lead_id: Nullable(Id('lead', { description: 'The lead that it is about.' })),
  kind: OpenEnum(
    ['match', 'visitor', 'enrich', 'score', 'stage', 'qualification', 'segment', 'route', 'send', 'sequence'],
    {
      description: 'What was decided.',
    },
  ),
  decided_at: Timestamp({ description: 'When it was decided.' }),
  policy: Text(300, { description: 'Versions of the rules that decided.', examples: ['identity@2 survivorship@1'] }),
  inputs: FreeMap(200, {
    description: 'What the decision was made from.',
    examples: [{ source: 'form:demo', identities: ['email'] }],
  }),
  outcome: FreeMap(200, {
    description: 'What was decided: which fields won, which were kept and why.',
    examples: [{ outcome: 'updated', rule: 'email', changed_fields: ['phone'], kept: [], issues: [] }],
  }),
  rejected: List(ref(RejectedCandidate), 1000, { description: 'Rejected candidates.', examples: [[]] }),
})

export const ReceiptPage = pageOf('ReceiptPage', 'A page of decisions, newest first.', Receipt)
