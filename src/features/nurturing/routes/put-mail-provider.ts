import { Type } from 'typebox'
import { okWithEtag } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { SETTINGS_WRITE } from '../access.ts'
import { saveMailProvider } from '../mail-settings-service.ts'
import { MailProvider, MailProviderUpdate, ProviderParameter } from '../settings-schemas.ts'

export const putMailProvider = defineRoute({
  method: 'PUT',
  url: '/settings/mail-providers/:provider',
  operationId: 'putMailProvider',
  summary: 'Store what verifies the callbacks of a provider',
  description:
    'Needs `If-Match` with the ETag that you read (428 without it, 412 when it has changed). The secret is sealed and never shown again. ' +
    'Deliveries, bounces, complaints and unsubscriptions that the provider then tells are believed when they name a mail of ours.',
  access: SETTINGS_WRITE,
  params: Type.Object({ provider: ProviderParameter }),
  body: ref(MailProviderUpdate),
  responses: { 200: { description: 'The provider as it is now.', schema: ref(MailProvider) } },
  problems: [412, 428],
  handle: async (ctx, { caller, params, body, request }) =>
    okWithEtag(await saveMailProvider(ctx, caller, params.provider, body.secret, expectedVersion(request))),
})
