import type { Customizable } from '../../../domain/custom-field.ts'
import { ApiError } from '../../../errors.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { expectedVersion, isCreateOnly } from '../../../http/etag.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { saveCustomFields } from '../custom-field-service.ts'
import { toCustomFieldSettings, toFields } from '../settings-answer.ts'
import { CustomFieldSettings, CustomFieldSettingsUpdate } from '../settings-schemas.ts'

export const putCustomFields = defineRoute({
  method: 'PUT',
  url: '/settings/custom-fields',
  operationId: 'putCustomFields',
  summary: 'Replace the definitions of custom fields',
  description:
    'Needs `If-Match` with the ETag that you read (428 without it, 412 when it has changed). The same document again changes nothing. ' +
    'A field, a type or an option that values still need cannot be left out: 409 `in_use`, unless `replacements` say what becomes of ' +
    'the values (up to 2,000 records). Archive what is only no longer wanted.',
  access: {
    auth: 'secret',
    scope: 'settings:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  body: ref(CustomFieldSettingsUpdate),
  responses: { 200: { description: 'All definitions as they are now.', schema: ref(CustomFieldSettings) } },
  problems: [409, 412, 428],
  handle: async (ctx, { caller, body, request }) => {
    if (isCreateOnly(request)) throw new ApiError('precondition_failed', 'Every workspace has these settings.')
    const version = expectedVersion(request)
    if (version === null) {
      throw new ApiError('precondition_required', 'Send If-Match with the ETag of the version that you read.')
    }
    const document = { lead: toFields(body.lead), account: toFields(body.account) }
    const replacements = (body.replacements ?? []).map((given) => ({
      ...given,
      // Another kind of object is one that nothing is removed from.
      object: given.object as Customizable,
      option: given.option ?? null,
    }))
    const saved = await saveCustomFields(ctx, caller, document, replacements, version)
    return okWithEtag(toCustomFieldSettings(saved))
  },
})
