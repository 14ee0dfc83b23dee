import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { BY_REFERENCE } from '../access.ts'
import { networkOfVisitor, requireRef } from '../by-reference.ts'
import { confirm } from '../confirmation-service.ts'
import { ConfirmedConsent, LinkRefParameter } from '../preference-schemas.ts'

export const confirmConsent = defineRoute({
  method: 'POST',
  url: '/public/confirmations/:link_ref',
  operationId: 'confirmConsent',
  summary: 'Confirm a consent',
  description:
    'Double opt-in: what the button behind the link in the mail does. Records the grant with method `double_opt_in`; twice is as once. ' +
    'Opening the link confirms nothing. 422 when it has expired, or the address is no longer that of the lead.',
  access: BY_REFERENCE,
  params: Type.Object({ link_ref: LinkRefParameter }),
  responses: { 200: { description: 'What was confirmed.', schema: ref(ConfirmedConsent) } },
  problems: [404, 415, 422],
  handle: async (ctx, { params, request }) => {
    const { workspace_id, id } = requireRef(ctx, 'confirm', params.link_ref)
    const { purpose, wording, confirmed_at } = await confirm(ctx, workspace_id, id, networkOfVisitor(request))
    return ok({ purpose, wording, confirmed_at: confirmed_at ?? ctx.now().toISOString() })
  },
})
