import { Type } from 'typebox'
import { okWithEtag } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { toWebhookEndpoint, WebhookEndpoint, WebhookEndpointUpdate } from '../endpoint-schemas.ts'
import { updateWebhookEndpoint as update } from '../endpoint-service.ts'

export const updateWebhookEndpoint = defineRoute({
  method: 'PATCH',
  url: '/webhook-endpoints/:endpoint_id',
  operationId: 'updateWebhookEndpoint',
  summary: 'Change, disable or enable a webhook endpoint',
  description:
    'JSON merge patch: absent fields keep their value, null clears the condition, `types` and `headers` are replaced. `If-Match` makes ' +
    'it conditional. A disabled endpoint is sent nothing and nothing is queued for it; enabled again, what was queued goes out and new ' +
    'changes are queued from now on.',
  access: {
    auth: 'secret',
    scope: 'webhooks:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ endpoint_id: Id('webhook_endpoint', { description: 'Id of the endpoint.' }) }),
  body: ref(WebhookEndpointUpdate),
  responses: { 200: { description: 'The endpoint as it is now.', schema: ref(WebhookEndpoint) } },
  problems: [404, 412, 422],
  handle: async (ctx, { caller, params, body, request }) => {
    const id = requireId('webhook_endpoint', params.endpoint_id)
    return okWithEtag(toWebhookEndpoint(await update(ctx, caller, id, body, expectedVersion(request))))
  },
})
