/** Shapes of the change feed on the wire. */
import { Type } from 'typebox'
import { CHANGE_TYPES, type ChangeType } from '../../changes/change.ts'
import { component, Flag, FreeMap, Id, Int, List, Nullable, OpenEnum, ref, Text, Timestamp } from '../../http/schema.ts'

export const ChangeEvent = component('ChangeEvent', 'One fact of the change feed.', {
  id: Id('change', { description: 'Id of the change; stable over replays.' }),
  type: OpenEnum(Object.keys(CHANGE_TYPES) as ChangeType[], { description: 'What happened.' }),
  timestamp: Timestamp({ description: 'When it happened.' }),
  sequence: Int(1, Number.MAX_SAFE_INTEGER, {
    description: 'Place in the feed of the workspace: no gaps, never reordered.',
    examples: [81_234],
  }),
  object: Text(64, { description: 'Kind of object.', examples: ['lead'] }),
  object_id: Text(64, { description: 'Id of the object.', examples: ['lead_01k8r5x4q3e7vb2c9m6h0n1d5s'] }),
  actor: Text(200, { description: 'Who did it: a key, a form, or the system.', examples: ['form:demo'] }),
  origin: Nullable(
    Text(100, { description: 'Integration of the writing key, so that it can drop its own echoes.', examples: [null] }),
  ),
  data: FreeMap(20, {
    description:
      'The object as it was after the change (under its kind), `changed_fields`, and their former values in `previous`.',
    examples: [
      { lead: { id: 'lead_01k8r5x4q3e7vb2c9m6h0n1d5s', stage_key: 'lead' }, changed_fields: ['email'], previous: {} },
    ],
  }),
})

export const ChangePage = component('ChangePage', 'A piece of the change feed.', {
  data: List(ref(ChangeEvent), 1000, { description: 'Changes in the order of their sequence.' }),
  has_more: Flag({ description: 'True when there is more to look at already.', examples: [false] }),
  next_cursor: Type.String({
    maxLength: 64,
    pattern: '^[0-9]+$',
    description: 'Pass as `cursor` for what follows; never null.',
    examples: ['81234'],
  }),
})

export { toChangeEvent } from '../../changes/change-event.ts'
