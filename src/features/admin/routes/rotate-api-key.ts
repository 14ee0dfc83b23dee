import { Type } from 'typebox'
import { afterCommit } from '../../../ctx.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { keyring } from '../../../http/plugins/auth.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { ApiKeyRotation, ApiKeyWithSecret, toApiKeyWithSecret } from '../key-schemas.ts'
import { rotateApiKey as rotate } from '../key-service.ts'

export const rotateApiKey = defineRoute({
  method: 'POST',
  url: '/api-keys/:api_key_id/rotate',
  operationId: 'rotateApiKey',
  summary: 'Give an API key a new secret',
  description:
    'Answers with the new secret, once. The secret before works for `overlap_seconds` more, so that clients can change over; an older ' +
    'one ends when it would have, or with it. Id, name and rights stay. A key can rotate itself, and none that can do more than itself.',
  access: {
    auth: 'secret',
    scope: 'keys:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ api_key_id: Id('key', { description: 'Id of the key.' }) }),
  body: ref(ApiKeyRotation),
  responses: { 200: { description: 'The key with its new secret.', schema: ref(ApiKeyWithSecret) } },
  problems: [404, 409, 412],
  handle: async (ctx, { caller, params, body, request }) => {
    const id = requireId('key', params.api_key_id)
    const rotated = await rotate(ctx.db, caller, id, body.overlap_seconds, expectedVersion(request), ctx.now())
    afterCommit(ctx, () => keyring(ctx).forget())
    const answer = okWithEtag(toApiKeyWithSecret(rotated))
    return { ...answer, headers: { ...answer.headers, 'cache-control': 'no-store' } }
  },
})
