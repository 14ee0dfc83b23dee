import { Type } from 'typebox'
import { okWithEtag } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { SETTINGS_READ } from '../access.ts'
import { readMailProvider } from '../mail-settings-service.ts'
import { MailProvider, ProviderParameter } from '../settings-schemas.ts'

export const getMailProvider = defineRoute({
  method: 'GET',
  url: '/settings/mail-providers/:provider',
  operationId: 'getMailProvider',
  summary: 'Read how callbacks of a provider come in',
  description: 'The address for the callbacks of a provider, and whether the secret that verifies them is stored.',
  access: SETTINGS_READ,
  params: Type.Object({ provider: ProviderParameter }),
  responses: { 200: { description: 'The provider.', schema: ref(MailProvider) } },
  handle: async (ctx, { caller, params }) =>
    okWithEtag(await readMailProvider(ctx, caller.workspaceId, params.provider)),
})
