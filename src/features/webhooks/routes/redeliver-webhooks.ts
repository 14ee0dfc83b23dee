import { Type } from 'typebox'
import { requireId } from '../../../http/id-parameter.ts'
import { AsyncOperation, accepted } from '../../../http/operation-schemas.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { WebhookRedelivery } from '../delivery-schemas.ts'
import { redeliverWebhooks as redeliver } from '../redeliver-service.ts'

export const redeliverWebhooks = defineRoute({
  method: 'POST',
  url: '/webhook-endpoints/:endpoint_id/redeliver',
  operationId: 'redeliverWebhooks',
  summary: 'Send changes to a webhook endpoint again',
  description:
    'Deliveries by id, a range of the feed by sequence or by time, or only what failed. The `webhook-id` and the body are those of the ' +
    'first time. A range also brings what was never sent, because the endpoint was disabled or not there yet, as far as its types and ' +
    'condition ask for it. Answers with an operation to follow; 409 while the endpoint is disabled.',
  access: {
    auth: 'secret',
    scope: 'webhooks:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ endpoint_id: Id('webhook_endpoint', { description: 'Id of the endpoint.' }) }),
  body: ref(WebhookRedelivery),
  responses: { 202: { description: 'Queued.', schema: ref(AsyncOperation) } },
  problems: [404, 409],
  handle: async (ctx, { caller, params, body }) => {
    const id = requireId('webhook_endpoint', params.endpoint_id)
    return accepted(await redeliver(ctx, caller, id, body))
  },
})
