import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { findDelivery } from '../delivery-queries.ts'
import { toWebhookDeliveryDetails, WebhookDeliveryDetails } from '../delivery-schemas.ts'

export const getWebhookDelivery = defineRoute({
  method: 'GET',
  url: '/webhook-deliveries/:delivery_id',
  operationId: 'getWebhookDelivery',
  summary: 'Read a webhook delivery',
  description: 'One delivery with its tries: status, latency, and the beginning of what the receiver answered.',
  access: {
    auth: 'secret',
    scope: 'webhooks:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ delivery_id: Id('webhook_delivery', { description: 'Id of the delivery.' }) }),
  responses: { 200: { description: 'The delivery.', schema: ref(WebhookDeliveryDetails) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const id = requireId('webhook_delivery', params.delivery_id)
    const delivery = await findDelivery(ctx.db, caller.workspaceId, id)
    if (delivery === undefined) throw notFound('webhook_delivery')
    return ok(toWebhookDeliveryDetails(delivery))
  },
})
