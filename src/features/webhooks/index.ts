/** Webhooks own endpoints and deliveries: every change of the feed, pushed to those who asked for it. */
import type { Room } from '../../http/route.ts'
import { createWebhookEndpoint } from './routes/create-webhook-endpoint.ts'
import { deleteWebhookEndpoint } from './routes/delete-webhook-endpoint.ts'
import { getWebhookDelivery } from './routes/get-webhook-delivery.ts'
import { getWebhookEndpoint } from './routes/get-webhook-endpoint.ts'
import { listWebhookDeliveries } from './routes/list-webhook-deliveries.ts'
import { listWebhookEndpoints } from './routes/list-webhook-endpoints.ts'
import { redeliverWebhooks } from './routes/redeliver-webhooks.ts'
import { rotateWebhookSecret } from './routes/rotate-webhook-secret.ts'
import { testWebhookEndpoint } from './routes/test-webhook-endpoint.ts'
import { updateWebhookEndpoint } from './routes/update-webhook-endpoint.ts'

export const webhooks: Room = {
  folder: 'webhooks',
  tag: 'Webhooks',
  description: 'Changes pushed to your own endpoints, signed and retried.',
  routes: [
    listWebhookEndpoints,
    createWebhookEndpoint,
    getWebhookEndpoint,
    updateWebhookEndpoint,
    deleteWebhookEndpoint,
    rotateWebhookSecret,
    testWebhookEndpoint,
    redeliverWebhooks,
    listWebhookDeliveries,
    getWebhookDelivery,
  ],
}
