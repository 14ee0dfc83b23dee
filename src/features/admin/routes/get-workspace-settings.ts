import { notFound } from '../../../errors.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { findWorkspace } from '../admin-queries.ts'
import { toWorkspaceSettings, WorkspaceSettingsSchema } from '../settings-schemas.ts'

export const getWorkspaceSettings = defineRoute({
  method: 'GET',
  url: '/settings/workspace',
  operationId: 'getWorkspaceSettings',
  summary: 'Read the workspace settings',
  description: 'The whole document, with defaults where nothing was set.',
  access: {
    auth: 'secret',
    scope: 'settings:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  responses: { 200: { description: 'The settings.', schema: ref(WorkspaceSettingsSchema) } },
  handle: async (ctx, { caller }) => {
    const row = await findWorkspace(ctx.db, caller.workspaceId)
    if (row === undefined) throw notFound('workspace')
    return okWithEtag(toWorkspaceSettings(row))
  },
})
