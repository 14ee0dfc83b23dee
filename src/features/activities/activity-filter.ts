/** The filters of the list of activities, as query parameters and as what the statement takes. */
import { type Static, Type } from 'typebox'
import { isRecordable } from '../../domain/activity.ts'
import { ApiError } from '../../errors.ts'
import { requireId } from '../../http/id-parameter.ts'
import { requireMoment } from '../../http/moment-parameter.ts'
import {
  CursorParameter,
  Id,
  LimitParameter,
  query,
  Repeated,
  SortParameter,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import { ACTIVITY_SORTS, type ActivityFilter } from './activity-queries.ts'

const moment = (description: string) => Type.Optional(Timestamp({ description }))

export const ActivityFilterParameters = query({
  lead_id: Type.Optional(Id('lead', { description: 'Of this lead.' })),
  type: Repeated(Text(64, { description: 'A type.', examples: ['call'] }), { description: 'Any of these types.' }),
  actor: Type.Optional(Text(200, { description: 'Recorded by this actor.', examples: ['system'] })),
  assignee_id: Type.Optional(Id('user', { description: 'Done by this seller, or to be done.' })),
  occurred_after: moment('Happened at or after this moment.'),
  occurred_before: moment('Happened before this moment.'),
  due_after: moment('Due at or after this moment.'),
  due_before: moment('Due before this moment.'),
  done: Type.Optional(
    Type.Boolean({ description: 'True lists the tasks that are done, false the open ones.', examples: [false] }),
  ),
  sort: SortParameter(ACTIVITY_SORTS, '-occurred_at'),
  limit: LimitParameter,
  cursor: CursorParameter,
})

/** What the statement takes; 400 names the parameter that cannot be. */
export function readActivityFilter(given: Static<typeof ActivityFilterParameters>): ActivityFilter {
  const type = given.type ?? []
  if (!type.every(isRecordable)) {
    const detail = 'Must be a type that people record; `GET /leads/{lead_id}/timeline` shows the others.'
    throw new ApiError('validation_failed', detail, {
      items: [{ code: 'invalid_value', detail, pointer: null, parameter: 'type' }],
    })
  }
  return {
    lead_id: given.lead_id === undefined ? null : requireId('lead', given.lead_id),
    type,
    actor: given.actor ?? null,
    assignee_id: given.assignee_id === undefined ? null : requireId('user', given.assignee_id),
    occurred_after: requireMoment('occurred_after', given.occurred_after),
    occurred_before: requireMoment('occurred_before', given.occurred_before),
    due_after: requireMoment('due_after', given.due_after),
    due_before: requireMoment('due_before', given.due_before),
    done: given.done ?? null,
  }
}
