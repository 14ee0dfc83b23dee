import { Type } from 'typebox'
import { okWithEtag } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { toWebhookEndpoint, WebhookEndpointWithSecret } from '../endpoint-schemas.ts'
import { rotateWebhookSecret as rotate } from '../endpoint-service.ts'

export const rotateWebhookSecret = defineRoute({
  method: 'POST',
  url: '/webhook-endpoints/:endpoint_id/rotate-secret',
  operationId: 'rotateWebhookSecret',
  summary: 'Give a webhook endpoint a new secret',
  description:
    'Answers with the new secret, once. For 24 hours every call is signed with both, the new one first, so a receiver can change over ' +
    'at any time. A secret before the last one ends at once.',
  access: {
    auth: 'secret',
    scope: 'webhooks:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ endpoint_id: Id('webhook_endpoint', { description: 'Id of the endpoint.' }) }),
  responses: { 200: { description: 'The endpoint with its new secret.', schema: ref(WebhookEndpointWithSecret) } },
  problems: [404, 412],
  handle: async (ctx, { caller, params, request }) => {
    const id = requireId('webhook_endpoint', params.endpoint_id)
    const { endpoint, secret } = await rotate(ctx, caller, id, expectedVersion(request))
    const answer = okWithEtag({ ...toWebhookEndpoint(endpoint), secret })
    return { ...answer, headers: { ...answer.headers, 'cache-control': 'no-store' } }
  },
})
