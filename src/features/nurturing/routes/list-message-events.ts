import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, Id, LimitParameter, query, ref } from '../../../http/schema.ts'
import { OUTREACH_READ_PEOPLE } from '../access.ts'
import { findMessage, listMessageEvents as listRows } from '../message-queries.ts'
import { MessageEventList, toMessageEvent } from '../message-schemas.ts'

export const listMessageEvents = defineRoute({
  method: 'GET',
  url: '/messages/:message_id/events',
  operationId: 'listMessageEvents',
  summary: 'List what happened to a message',
  description:
    'Opens, clicks, delivery, bounces, complaints and replies, oldest first; those of machines are there too, with how sure we are.',
  access: OUTREACH_READ_PEOPLE,
  params: Type.Object({ message_id: Id('message', { description: 'Id of the message.' }) }),
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of events.', schema: ref(MessageEventList) } },
  problems: [404],
  handle: async (ctx, { caller, params, query: { limit, cursor } }) => {
    const { workspaceId } = caller
    const id = requireId('message', params.message_id)
    const scope = { secret: ctx.secret, workspaceId, operation: 'listMessageEvents', query: id }
    const after = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    if ((await findMessage(ctx.db, workspaceId, id)) === undefined) throw notFound('message')
    const rows = await listRows(ctx.db, workspaceId, id, after, limit + 1)
    return ok(toPage(rows, limit, toMessageEvent, (row) => writeCursor(scope, [row.occurred_at, row.id])))
  },
})
