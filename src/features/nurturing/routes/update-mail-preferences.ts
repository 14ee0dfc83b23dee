import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { BY_REFERENCE } from '../access.ts'
import { networkOfVisitor, requireMessage } from '../by-reference.ts'
import { LinkRefParameter, MailPreferences, MailPreferencesUpdate } from '../preference-schemas.ts'
import { choose } from '../preference-service.ts'

export const updateMailPreferences = defineRoute({
  method: 'PATCH',
  url: '/public/preferences/:link_ref',
  operationId: 'updateMailPreferences',
  summary: 'Choose what to receive',
  description:
    'Sets the purposes that are named. Leaving withdraws the consent, joining grants it with the words that the page showed; both are entries of the ledger. ' +
    'What somebody else has suppressed stays.',
  access: { ...BY_REFERENCE, pii_out: true },
  params: Type.Object({ link_ref: LinkRefParameter }),
  body: ref(MailPreferencesUpdate),
  responses: { 200: { description: 'What they have chosen now.', schema: ref(MailPreferences) } },
  problems: [404],
  handle: async (ctx, { params, body, request }) => {
    const referred = await requireMessage(ctx, 'leave', params.link_ref)
    const { address, choices } = await choose(ctx, referred, body.purposes, networkOfVisitor(request))
    return ok({ address, purposes: choices })
  },
})
