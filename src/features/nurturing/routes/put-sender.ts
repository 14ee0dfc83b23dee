import { Type } from 'typebox'
import { created, okWithEtag } from '../../../http/answers.ts'
import { expectedVersion, isCreateOnly } from '../../../http/etag.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { SETTINGS_WRITE } from '../access.ts'
import { SenderKey } from '../message-schemas.ts'
import { readSender, Sender, SenderUpdate, toSender } from '../sender-schemas.ts'
import { putSender as save } from '../sender-service.ts'

export const putSender = defineRoute({
  method: 'PUT',
  url: '/settings/senders/:sender_key',
  operationId: 'putSender',
  summary: 'Create or replace a sender',
  description:
    'An existing sender needs `If-Match` with the ETag that you read (428 without it, 412 when it has changed). Password and signing key ' +
    'stay when they are left out, go when they are null, and are never shown again. A server of its own must be public.',
  access: SETTINGS_WRITE,
  params: Type.Object({ sender_key: SenderKey }),
  body: ref(SenderUpdate),
  responses: {
    200: { description: 'The sender as it is now.', schema: ref(Sender) },
    201: { description: 'The new sender.', schema: ref(Sender) },
  },
  problems: [412, 428],
  handle: async (ctx, { caller, params, body, request }) => {
    const key = params.sender_key
    const expected = { ifMatchVersion: expectedVersion(request), createOnly: isCreateOnly(request) }
    const saved = await save(ctx, caller, key, readSender(body), expected)
    const sender = toSender(saved.sender)
    return saved.created ? created(sender, `/v1/settings/senders/${key}`) : okWithEtag(sender)
  },
})
