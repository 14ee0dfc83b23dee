import type { Config } from '../../../config.ts'
import { encodeTypeId } from '../../../domain/type-id.ts'
import { readSettings } from '../../../domain/workspace-settings.ts'
import { notFound } from '../../../errors.ts'
import { SCOPES } from '../../../http/access.ts'
import { ok } from '../../../http/answers.ts'
import { API_VERSION } from '../../../http/openapi.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { RELEASE } from '../../../version.ts'
import { findWorkspace, type WorkspaceRow } from '../admin-queries.ts'
import { findKey, type KeyRow } from '../key-queries.ts'
import { Me } from '../settings-schemas.ts'

export const getMe = defineRoute({
  method: 'GET',
  url: '/me',
  operationId: 'getMe',
  summary: 'Read who you are',
  description: 'The key of this call, what it may do, its workspace, and the limits and release of the service.',
  access: {
    auth: 'secret',
    scope: null,
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  responses: { 200: { description: 'You.', schema: ref(Me) } },
  volatile: true,
  handle: async (ctx, { caller }) => {
    const [workspace, key] = await Promise.all([
      findWorkspace(ctx.db, caller.workspaceId),
      findKey(ctx.db, caller.workspaceId, caller.keyId ?? ''),
    ])
    if (workspace === undefined || key === undefined) throw notFound('key')
    return ok({
      key: describeKey(key),
      scopes: key.kind === 'secret' ? [...SCOPES] : key.scopes,
      workspace: describeWorkspace(workspace),
      limits: describeLimits(ctx.config),
      server: { version: RELEASE, api_version: API_VERSION, time: ctx.now().toISOString() },
    })
  },
})

function describeKey({ id, name, kind, origin, expires_at }: KeyRow) {
  return { id: encodeTypeId('key', id), name, kind, origin, expires_at }
}

function describeWorkspace(row: WorkspaceRow) {
  const { name, locale, time_zone, currency } = readSettings(row.name, row.settings)
  return { id: encodeTypeId('workspace', row.id), name, locale, time_zone, currency }
}

function describeLimits(config: Config) {
  return {
    body_bytes: config.BODY_LIMIT_BYTES,
    submission_bytes: config.SUBMISSION_LIMIT_BYTES,
    upload_bytes: config.UPLOAD_LIMIT_BYTES,
    requests_per_minute: config.RATE_LIMIT_DEFAULT,
    searches_per_minute: config.RATE_LIMIT_SEARCH,
    exports_per_minute: config.RATE_LIMIT_EXPORT,
  }
}
