import { created } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { ApiKeyCreate, ApiKeyWithSecret, toApiKeyWithSecret } from '../key-schemas.ts'
import { createApiKey as create } from '../key-service.ts'
import { readNewKey } from '../read-new-key.ts'

export const createApiKey = defineRoute({
  method: 'POST',
  url: '/api-keys',
  operationId: 'createApiKey',
  summary: 'Create an API key',
  description:
    'Answers with the secret, once: only its hash is stored, and the answer kept for an `Idempotency-Key` can be read only ' +
    'with the secret of the caller. A key cannot make one that can do more than itself: no further scopes, no other ' +
    'networks, no later end (403).',
  access: {
    auth: 'secret',
    scope: 'keys:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  body: ref(ApiKeyCreate),
  responses: { 201: { description: 'The new key with its secret.', schema: ref(ApiKeyWithSecret) } },
  handle: async (ctx, { caller, body }) => {
    const key = toApiKeyWithSecret(await create(ctx, caller, readNewKey(body, ctx.now())))
    const answer = created(key, `/v1/api-keys/${key.id}`)
    return { ...answer, headers: { ...answer.headers, 'cache-control': 'no-store' } }
  },
})
