import { Type } from 'typebox'
import { noContent } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { BY_REFERENCE } from '../access.ts'
import { networkOfVisitor, requireMessage } from '../by-reference.ts'
import { LinkRefParameter, OneClick } from '../preference-schemas.ts'
import { leave } from '../preference-service.ts'

export const unsubscribeByLink = defineRoute({
  method: 'POST',
  url: '/public/unsubscribe/:link_ref',
  operationId: 'unsubscribeByLink',
  summary: 'Unsubscribe with one click',
  description:
    'RFC 8058: leaves the purpose of the mail that the reference belongs to, at once, without a question, a cookie or a redirect; twice is as once. ' +
    'Withdraws the consent and suppresses the address for the purpose. Mails name `/u/{link_ref}`, which takes the same POST; GET never changes anything.',
  access: BY_REFERENCE,
  params: Type.Object({ link_ref: LinkRefParameter }),
  body: ref(OneClick),
  consumes: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
  bodyOptional: true,
  responses: { 204: { description: 'Left.', schema: null } },
  problems: [404],
  handle: async (ctx, { params, request }) => {
    await leave(ctx, await requireMessage(ctx, 'leave', params.link_ref), 'purpose', networkOfVisitor(request))
    return noContent()
  },
})
