import { Type } from 'typebox'
import { noContent } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { defineRoute } from '../../../http/route.ts'
import { SETTINGS_WRITE } from '../access.ts'
import { SenderKey } from '../message-schemas.ts'
import { deleteSender as remove } from '../sender-service.ts'

export const deleteSender = defineRoute({
  method: 'DELETE',
  url: '/settings/senders/:sender_key',
  operationId: 'deleteSender',
  summary: 'Delete a sender',
  description:
    'Removes a sender with its secrets. Mails that name it and are not rendered yet are withheld with the reason `sender_missing`. ' +
    '409 while a sequence in use mails with it.',
  access: SETTINGS_WRITE,
  params: Type.Object({ sender_key: SenderKey }),
  responses: { 204: { description: 'Deleted.', schema: null } },
  problems: [404, 409, 412],
  handle: async (ctx, { caller, params, request }) => {
    await remove(ctx, caller, params.sender_key, expectedVersion(request))
    return noContent()
  },
})
