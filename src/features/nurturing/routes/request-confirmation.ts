import { Type } from 'typebox'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { OUTREACH_POST_PEOPLE } from '../access.ts'
import { toConfirmation } from '../confirmation-queries.ts'
import { requestConfirmation as ask } from '../confirmation-service.ts'
import { Confirmation, ConfirmationRequest } from '../preference-schemas.ts'

export const requestConfirmation = defineRoute({
  method: 'POST',
  url: '/leads/:lead_id/confirmations',
  operationId: 'requestConfirmation',
  summary: 'Ask a lead by mail to confirm a consent',
  description:
    'Double opt-in: sends a mail with the wording and a link to a page whose button records the consent. 422 when the lead has no e-mail address.',
  access: OUTREACH_POST_PEOPLE,
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  body: ref(ConfirmationRequest),
  responses: { 201: { description: 'What waits for the confirmation.', schema: ref(Confirmation) } },
  problems: [404],
  handle: async (ctx, { caller, params, body }) => {
    const row = await ask(ctx, caller, requireId('lead', params.lead_id), {
      purpose: body.purpose,
      wording: body.wording,
      locale: body.locale ?? null,
      sender_key: body.sender_key ?? null,
      valid_days: body.valid_days ?? 14,
    })
    const confirmation = toConfirmation(row, ctx.now())
    return { status: 201, body: confirmation, headers: { location: `/v1/confirmations/${confirmation.id}` } }
  },
})
