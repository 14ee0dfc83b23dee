import { okWithEtag } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { toCustomFieldSettings } from '../settings-answer.ts'
import { findCustomFields } from '../settings-queries.ts'
import { CustomFieldSettings } from '../settings-schemas.ts'

export const getCustomFields = defineRoute({
  method: 'GET',
  url: '/settings/custom-fields',
  operationId: 'getCustomFields',
  summary: 'Read the definitions of custom fields',
  description: 'The fields of your own that leads and accounts have, each with its type.',
  access: {
    auth: 'secret',
    scope: 'settings:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  responses: { 200: { description: 'All definitions.', schema: ref(CustomFieldSettings) } },
  handle: async (ctx, { caller }) =>
    okWithEtag(toCustomFieldSettings(await findCustomFields(ctx.db, caller.workspaceId))),
})
