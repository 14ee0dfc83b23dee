import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { SETTINGS_READ } from '../access.ts'
import { SenderKey } from '../message-schemas.ts'
import { findSender } from '../sender-queries.ts'
import { Sender, toSender } from '../sender-schemas.ts'

export const getSender = defineRoute({
  method: 'GET',
  url: '/settings/senders/:sender_key',
  operationId: 'getSender',
  summary: 'Read a sender',
  description: 'One identity that mail comes from, with the DNS record of its signing key. Secrets are never shown.',
  access: SETTINGS_READ,
  params: Type.Object({ sender_key: SenderKey }),
  responses: { 200: { description: 'The sender.', schema: ref(Sender) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const row = await findSender(ctx.db, caller.workspaceId, params.sender_key)
    if (row === undefined) throw notFound('sender')
    return okWithEtag(toSender(row))
  },
})
