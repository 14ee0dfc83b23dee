import { Type } from 'typebox'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { toWebhookDelivery, WebhookDelivery, WebhookTest } from '../delivery-schemas.ts'
import { testWebhookEndpoint as test } from '../test-service.ts'

export const testWebhookEndpoint = defineRoute({
  method: 'POST',
  url: '/webhook-endpoints/:endpoint_id/test',
  operationId: 'testWebhookEndpoint',
  summary: 'Send an example to a webhook endpoint',
  description:
    'Sends an example at once, signed like any other call, with `data.test` true and ids that nobody has. Follow it at the address in ' +
    '`Location`. A disabled endpoint is refused (409).',
  access: {
    auth: 'secret',
    scope: 'webhooks:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ endpoint_id: Id('webhook_endpoint', { description: 'Id of the endpoint.' }) }),
  body: ref(WebhookTest),
  responses: { 202: { description: 'On its way.', schema: ref(WebhookDelivery) } },
  problems: [404, 409],
  handle: async (ctx, { caller, params, body }) => {
    const id = requireId('webhook_endpoint', params.endpoint_id)
    const delivery = toWebhookDelivery(await test(ctx, caller, id, body.type))
    return { status: 202, body: delivery, headers: { location: `/v1/webhook-deliveries/${delivery.id}` } }
  },
})
