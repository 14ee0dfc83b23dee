import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { BY_REFERENCE } from '../access.ts'
import { InboundKeyParameter, InboundMail, InboundResult } from '../feedback-schemas.ts'
import { requireInbox, takeInbound } from '../feedback-service.ts'

/** Answers carry attachments; larger mails are refused by most servers. */
const LARGEST_MAIL = 26_214_400

export const receiveInboundMail = defineRoute({
  method: 'POST',
  url: '/public/inbound-mail/:inbound_key',
  operationId: 'receiveInboundMail',
  summary: 'Take a mail that came back',
  description:
    'For your mail server or a forwarding service: bounces (RFC 3464), complaints (RFC 5965) and answers, in JSON. A bounce is believed only when the sealed ' +
    'address that it came back to and the Message-ID in the report name the same mail, and only `Action: failed` with a status of class 5 ends it. ' +
    'An answer has to come from the address that the mail went to.',
  access: BY_REFERENCE,
  params: Type.Object({ inbound_key: InboundKeyParameter }),
  body: ref(InboundMail),
  bodyLimit: LARGEST_MAIL,
  responses: { 202: { description: 'Taken.', schema: ref(InboundResult) } },
  problems: [404],
  handle: async (ctx, { params, body }) => {
    const workspaceId = requireInbox(ctx, params.inbound_key)
    const outcome = await takeInbound(ctx, workspaceId, Buffer.from(body.raw), body.envelope_to ?? null)
    return { status: 202, body: { outcome } }
  },
})
