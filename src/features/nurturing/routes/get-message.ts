import { Type } from 'typebox'
import { toMessage } from '../../../domain/mail/message-row.ts'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { OUTREACH_READ_PEOPLE } from '../access.ts'
import { findMessage } from '../message-queries.ts'
import { Message } from '../message-schemas.ts'

export const getMessage = defineRoute({
  method: 'GET',
  url: '/messages/:message_id',
  operationId: 'getMessage',
  summary: 'Read a message',
  description: 'One mail: its state with the reason, what allowed or forbade it, and what became of it.',
  access: OUTREACH_READ_PEOPLE,
  params: Type.Object({ message_id: Id('message', { description: 'Id of the message.' }) }),
  responses: { 200: { description: 'The message.', schema: ref(Message) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const row = await findMessage(ctx.db, caller.workspaceId, requireId('message', params.message_id))
    if (row === undefined) throw notFound('message')
    return ok(toMessage(row))
  },
})
