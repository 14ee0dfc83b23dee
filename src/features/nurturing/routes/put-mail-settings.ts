import { ApiError } from '../../../errors.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { SETTINGS_WRITE } from '../access.ts'
import { saveMailSettings } from '../mail-settings-service.ts'
import { MailSettingsSchema, MailSettingsUpdate, readMailSettingsUpdate, toMailSettings } from '../settings-schemas.ts'

export const putMailSettings = defineRoute({
  method: 'PUT',
  url: '/settings/mail',
  operationId: 'putMailSettings',
  summary: 'Replace the rules of sending',
  description:
    'Needs `If-Match` with the ETag that you read (428 without it, 412 when it has changed). Rules hold for mail that is not handed over yet. ' +
    'Hours are those of the person (time zone of the lead, else of the workspace).',
  access: SETTINGS_WRITE,
  body: ref(MailSettingsUpdate),
  responses: { 200: { description: 'The rules as they are now.', schema: ref(MailSettingsSchema) } },
  problems: [412, 428],
  handle: async (ctx, { caller, body, request }) => {
    const version = expectedVersion(request)
    if (version === null)
      throw new ApiError('precondition_required', 'Send If-Match with the ETag of the version that you read.')
    return okWithEtag(toMailSettings(await saveMailSettings(ctx, caller, readMailSettingsUpdate(body), version)))
  },
})
