import { Type } from 'typebox'
import { timeOfEventId } from '../../../domain/behaviour/event.ts'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { toEvent } from '../event-answer.ts'
import { findEvent } from '../event-queries.ts'
import { EventSchema } from '../event-schemas.ts'

export const getEvent = defineRoute({
  method: 'GET',
  url: '/events/:event_id',
  operationId: 'getEvent',
  summary: 'Read an event',
  description: 'One raw event, as long as it is kept.',
  access: {
    auth: 'secret',
    scope: 'events:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ event_id: Id('event', { description: 'Id of the event.' }) }),
  responses: { 200: { description: 'The event.', schema: ref(EventSchema) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const id = requireId('event', params.event_id)
    const time = timeOfEventId(id)
    // Beyond what a date can be; such an id is not ours.
    const occurredAt = time < LATEST ? new Date(time).toISOString() : null
    const event = occurredAt === null ? undefined : await findEvent(ctx.db, caller.workspaceId, id, occurredAt)
    if (event === undefined) throw notFound('event')
    return ok(toEvent(event))
  },
})

const LATEST = Date.UTC(9999, 0)
