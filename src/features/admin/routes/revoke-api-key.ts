import { Type } from 'typebox'
import { noContent } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { keyring } from '../../../http/plugins/auth.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id } from '../../../http/schema.ts'
import { revokeApiKey as revoke } from '../key-service.ts'

export const revokeApiKey = defineRoute({
  method: 'DELETE',
  url: '/api-keys/:api_key_id',
  operationId: 'revokeApiKey',
  summary: 'Revoke an API key',
  description:
    'The key is refused everywhere within 5 seconds, by the process that answers at once. It stays readable. Doing it twice is fine. ' +
    'The last secret key that works cannot be revoked (409), or nobody could get in: make another one first, or rotate it.',
  access: {
    auth: 'secret',
    scope: 'keys:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ api_key_id: Id('key', { description: 'Id of the key.' }) }),
  responses: { 204: { description: 'Revoked.', schema: null } },
  problems: [404, 409, 412],
  handle: async (ctx, { caller, params, request }) => {
    await revoke(ctx.db, caller, requireId('key', params.api_key_id), expectedVersion(request), ctx.now())
    keyring(ctx).forget()
    return noContent()
  },
})
