import { Type } from 'typebox'
import { ApiError } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { requireMoment } from '../../../http/moment-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, Flag, Id, LimitParameter, query, ref, Timestamp } from '../../../http/schema.ts'
import { toEvent } from '../event-answer.ts'
import { listEventRows } from '../event-queries.ts'
import { EventName, EventPage, VisitorId } from '../event-schemas.ts'

const bound = (description: string) => Type.Optional(Timestamp({ description }))

export const listEvents = defineRoute({
  method: 'GET',
  url: '/events',
  operationId: 'listEvents',
  summary: 'List the events of a lead or a visitor',
  description:
    'Raw events, newest first, as long as they are kept. `lead_id` or `visitor_id` is needed; both narrow the list. ' +
    'Bots are in the list unless `is_bot=false`.',
  access: {
    auth: 'secret',
    scope: 'events:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  query: query({
    lead_id: Type.Optional(Id('lead', { description: 'Events of this lead.' })),
    visitor_id: Type.Optional(VisitorId('Events of this visitor.')),
    name: Type.Optional(EventName),
    occurred_after: bound('At this moment or later.'),
    occurred_before: bound('Before this moment.'),
    is_bot: Type.Optional(
      Flag({ description: 'Only events that count as a bot, or only the others.', examples: [false] }),
    ),
    limit: LimitParameter,
    cursor: CursorParameter,
  }),
  responses: { 200: { description: 'A page of events.', schema: ref(EventPage) } },
  handle: async (ctx, { caller: { workspaceId }, query: given }) => {
    const { limit, cursor, lead_id, visitor_id } = given
    if (lead_id === undefined && visitor_id === undefined) {
      throw new ApiError('invalid_request', 'Send lead_id or visitor_id.')
    }
    const filter = {
      lead_id: lead_id === undefined ? null : requireId('lead', lead_id),
      visitor_id: visitor_id ?? null,
      name: given.name ?? null,
      occurred_after: requireMoment('occurred_after', given.occurred_after),
      occurred_before: requireMoment('occurred_before', given.occurred_before),
      is_bot: given.is_bot ?? null,
    }
    const scope = { secret: ctx.secret, workspaceId, operation: 'listEvents', query: filter }
    const before = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listEventRows(ctx.db, workspaceId, filter, before, limit + 1)
    return ok(toPage(rows, limit, toEvent, (row) => writeCursor(scope, [row.occurred_at, row.id])))
  },
})
