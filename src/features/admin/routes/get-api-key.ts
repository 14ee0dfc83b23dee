import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { findKey } from '../key-queries.ts'
import { ApiKey, toApiKey } from '../key-schemas.ts'

export const getApiKey = defineRoute({
  method: 'GET',
  url: '/api-keys/:api_key_id',
  operationId: 'getApiKey',
  summary: 'Read an API key',
  description: 'One key without its secret, revoked or not.',
  access: {
    auth: 'secret',
    scope: 'keys:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ api_key_id: Id('key', { description: 'Id of the key.' }) }),
  responses: { 200: { description: 'The key.', schema: ref(ApiKey) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const key = await findKey(ctx.db, caller.workspaceId, requireId('key', params.api_key_id))
    if (key === undefined) throw notFound('key')
    return okWithEtag(toApiKey(key))
  },
})
