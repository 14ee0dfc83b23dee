import { Type } from 'typebox'
import { toMessage } from '../../../domain/mail/message-row.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { OUTREACH_POST_PEOPLE } from '../access.ts'
import { Message } from '../message-schemas.ts'
import { TestSendRequest } from '../preference-schemas.ts'
import { testSend } from '../preview-service.ts'
import { TemplateKey } from '../template-schemas.ts'

export const testSendTemplate = defineRoute({
  method: 'POST',
  url: '/templates/:template_key/test-send',
  operationId: 'testSendTemplate',
  summary: 'Send a test to a colleague',
  description:
    'Sends the mail to one address, filled with a real lead if you like, as transactional mail with the purpose `test`. The lead itself gets nothing.',
  access: OUTREACH_POST_PEOPLE,
  params: Type.Object({ template_key: TemplateKey }),
  body: ref(TestSendRequest),
  responses: { 201: { description: 'The planned message.', schema: ref(Message) } },
  problems: [404],
  handle: async (ctx, { caller, params, body }) => {
    const message = await testSend(ctx, caller, params.template_key, {
      to_email: body.to_email,
      lead_id: body.lead_id == null ? null : requireId('lead', body.lead_id),
      locale: body.locale ?? null,
      sender_key: body.sender_key ?? null,
      data: body.data ?? {},
    })
    const answer = toMessage(message)
    return { status: 201, body: answer, headers: { location: `/v1/messages/${answer.id}` } }
  },
})
