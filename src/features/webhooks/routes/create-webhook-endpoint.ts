import { created } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { toWebhookEndpoint, WebhookEndpointCreate, WebhookEndpointWithSecret } from '../endpoint-schemas.ts'
import { createWebhookEndpoint as create } from '../endpoint-service.ts'

export const createWebhookEndpoint = defineRoute({
  method: 'POST',
  url: '/webhook-endpoints',
  operationId: 'createWebhookEndpoint',
  summary: 'Create a webhook endpoint',
  description:
    'Changes that happen from now on are posted to it, signed by Standard Webhooks: each at least once, retried for three days, the ' +
    'body equal to the item of the change feed. Answers with the signing secret, once. An endpoint is not told about itself. ' +
    '422 when the condition names a stage, a seller or a company that is not there.',
  access: {
    auth: 'secret',
    scope: 'webhooks:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  body: ref(WebhookEndpointCreate),
  responses: { 201: { description: 'The endpoint with its secret.', schema: ref(WebhookEndpointWithSecret) } },
  handle: async (ctx, { caller, body }) => {
    const { endpoint, secret } = await create(ctx, caller, body)
    const shown = { ...toWebhookEndpoint(endpoint), secret }
    const answer = created(shown, `/v1/webhook-endpoints/${shown.id}`)
    return { ...answer, headers: { ...answer.headers, 'cache-control': 'no-store' } }
  },
})
