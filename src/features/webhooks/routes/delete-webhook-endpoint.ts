import { Type } from 'typebox'
import { noContent } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id } from '../../../http/schema.ts'
import { deleteWebhookEndpoint as remove } from '../endpoint-service.ts'

export const deleteWebhookEndpoint = defineRoute({
  method: 'DELETE',
  url: '/webhook-endpoints/:endpoint_id',
  operationId: 'deleteWebhookEndpoint',
  summary: 'Remove a webhook endpoint',
  description:
    'Nothing more is sent to it and its secrets are gone; a call under way ends. Its deliveries stay readable until they are forgotten.',
  access: {
    auth: 'secret',
    scope: 'webhooks:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ endpoint_id: Id('webhook_endpoint', { description: 'Id of the endpoint.' }) }),
  responses: { 204: { description: 'Removed.', schema: null } },
  problems: [404, 412],
  handle: async (ctx, { caller, params, request }) => {
    await remove(ctx, caller, requireId('webhook_endpoint', params.endpoint_id), expectedVersion(request))
    return noContent()
  },
})
