import { Type } from 'typebox'
import { toMessage } from '../../../domain/mail/message-row.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { OUTREACH_POST_PEOPLE } from '../access.ts'
import { Message, MessageResolution } from '../message-schemas.ts'
import { resolveMessage as resolve } from '../message-service.ts'

export const resolveMessage = defineRoute({
  method: 'POST',
  url: '/messages/:message_id/resolve',
  operationId: 'resolveMessage',
  summary: 'End the doubt about a message',
  description:
    'A mail is `in_doubt` when the connection broke after the mail had begun to leave: the server may have it. Marketing mail is never sent again ' +
    'by itself; you decide here. 409 when there is no doubt about it.',
  access: OUTREACH_POST_PEOPLE,
  params: Type.Object({ message_id: Id('message', { description: 'Id of the message.' }) }),
  body: ref(MessageResolution),
  responses: { 200: { description: 'The message as it is now.', schema: ref(Message) } },
  problems: [404, 409],
  handle: async (ctx, { caller, params, body }) =>
    ok(toMessage(await resolve(ctx, caller, requireId('message', params.message_id), body.outcome))),
})
