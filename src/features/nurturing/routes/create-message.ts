import { toMessage } from '../../../domain/mail/message-row.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { requireMoment } from '../../../http/moment-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { OUTREACH_POST_PEOPLE } from '../access.ts'
import { Message, MessageCreate } from '../message-schemas.ts'
import { createMessage as plan } from '../message-service.ts'

export const createMessage = defineRoute({
  method: 'POST',
  url: '/messages',
  operationId: 'createMessage',
  summary: 'Send one mail',
  description:
    'Plans a mail to one person and answers before it is sent; read it again to see what became of it. Marketing goes to a lead that ' +
    'has agreed to its purpose (else it is withheld, with the reason); transactional mail answers something that the person did.',
  access: OUTREACH_POST_PEOPLE,
  body: ref(MessageCreate),
  responses: { 201: { description: 'The planned message.', schema: ref(Message) } },
  handle: async (ctx, { caller, body }) => {
    const { lead_id, to, content } = body
    const message = await plan(ctx, caller, {
      lead_id: lead_id == null ? null : requireId('lead', lead_id),
      to: to == null ? null : { email: to.email, name: to.name ?? null },
      kind: body.kind ?? 'transactional',
      purpose: body.purpose ?? 'marketing',
      template_key: body.template_key ?? null,
      content:
        content == null ? null : { subject: content.subject, html: content.html ?? null, text: content.text ?? null },
      sender_key: body.sender_key ?? null,
      locale: body.locale ?? null,
      data: body.data ?? {},
      due_at: requireMoment('due_at', body.due_at),
    })
    const answer = toMessage(message)
    return { status: 201, body: answer, headers: { location: `/v1/messages/${answer.id}` } }
  },
})
