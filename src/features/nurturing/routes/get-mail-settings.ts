import { okWithEtag } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { SETTINGS_READ } from '../access.ts'
import { readMailSettings } from '../mail-settings-service.ts'
import { MailSettingsSchema, toMailSettings } from '../settings-schemas.ts'

export const getMailSettings = defineRoute({
  method: 'GET',
  url: '/settings/mail',
  operationId: 'getMailSettings',
  summary: 'Read the rules of sending',
  description: 'How often and at which hours marketing mail may reach a person, and what people can choose.',
  access: SETTINGS_READ,
  responses: { 200: { description: 'The rules.', schema: ref(MailSettingsSchema) } },
  handle: async (ctx, { caller }) => okWithEtag(toMailSettings(await readMailSettings(ctx, caller.workspaceId))),
})
