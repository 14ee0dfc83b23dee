import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { BY_REFERENCE } from '../access.ts'
import { requireMessage } from '../by-reference.ts'
import { LinkRefParameter, MailPreferences } from '../preference-schemas.ts'
import { readPreferences } from '../preference-service.ts'

export const getMailPreferences = defineRoute({
  method: 'GET',
  url: '/public/preferences/:link_ref',
  operationId: 'getMailPreferences',
  summary: 'Read what a person has chosen',
  description:
    'For a preference page of your own: the purposes that the workspace offers, and where the person stands. Changes nothing.',
  access: { ...BY_REFERENCE, pii_out: true },
  params: Type.Object({ link_ref: LinkRefParameter }),
  responses: { 200: { description: 'What they have chosen.', schema: ref(MailPreferences) } },
  problems: [404],
  volatile: true,
  handle: async (ctx, { params }) => {
    const { address, choices } = await readPreferences(ctx, await requireMessage(ctx, 'leave', params.link_ref))
    return ok({ address, purposes: choices })
  },
})
