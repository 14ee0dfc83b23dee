import { okWithEtag } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { toWorkspaceSettings, WorkspaceSettingsSchema, WorkspaceSettingsUpdate } from '../settings-schemas.ts'
import { saveWorkspaceSettings } from '../settings-service.ts'

export const putWorkspaceSettings = defineRoute({
  method: 'PUT',
  url: '/settings/workspace',
  operationId: 'putWorkspaceSettings',
  summary: 'Replace the workspace settings',
  description:
    'Replaces the whole document; what is left out takes its default. Needs `If-Match` with the ETag that you read (428 without it, ' +
    '412 when it has changed). Codes are stored in their usual spelling. The same settings again change nothing.',
  access: {
    auth: 'secret',
    scope: 'settings:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  body: ref(WorkspaceSettingsUpdate),
  responses: { 200: { description: 'The settings as they are now.', schema: ref(WorkspaceSettingsSchema) } },
  problems: [412, 428],
  handle: async (ctx, { caller, body, request }) => {
    const row = await saveWorkspaceSettings(ctx, caller, body, expectedVersion(request))
    return okWithEtag(toWorkspaceSettings(row))
  },
})
