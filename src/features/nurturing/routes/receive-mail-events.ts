import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { BY_REFERENCE } from '../access.ts'
import { InboundKeyParameter, MailCallback, MailCallbackResult } from '../feedback-schemas.ts'
import { requireInbox, takeCallback } from '../feedback-service.ts'
import { ProviderParameter } from '../settings-schemas.ts'

export const receiveMailEvents = defineRoute({
  method: 'POST',
  url: '/public/mail-events/:provider/:inbound_key',
  operationId: 'receiveMailEvents',
  summary: 'Take a callback of a mail provider',
  description:
    'Deliveries, bounces, complaints and unsubscriptions from SES (by SNS), SendGrid, Postmark and Mailgun. Refused with 401 unless its signature is that of the ' +
    'provider; an event counts when it names a mail of ours, and the recipient is that of the mail. The same event twice is one.',
  access: BY_REFERENCE,
  params: Type.Object({ provider: ProviderParameter, inbound_key: InboundKeyParameter }),
  body: ref(MailCallback),
  consumes: ['application/json', 'text/plain'],
  keepsBytes: true,
  judgesBody: true,
  responses: { 200: { description: 'What was new.', schema: ref(MailCallbackResult) } },
  problems: [401, 404],
  handle: async (ctx, { params, body, request }) => {
    const workspaceId = requireInbox(ctx, params.inbound_key)
    const callback = { headers: request.headers, bytes: request.bodyBytes ?? Buffer.alloc(0), body }
    return ok({ recorded: await takeCallback(ctx, workspaceId, params.provider, callback) })
  },
})
