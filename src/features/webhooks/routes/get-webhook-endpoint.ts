import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { findEndpoint } from '../endpoint-queries.ts'
import { toWebhookEndpoint, WebhookEndpoint } from '../endpoint-schemas.ts'

export const getWebhookEndpoint = defineRoute({
  method: 'GET',
  url: '/webhook-endpoints/:endpoint_id',
  operationId: 'getWebhookEndpoint',
  summary: 'Read a webhook endpoint',
  description: 'One endpoint without its secret: what it takes, how far it is, and since when it fails.',
  access: {
    auth: 'secret',
    scope: 'webhooks:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ endpoint_id: Id('webhook_endpoint', { description: 'Id of the endpoint.' }) }),
  responses: { 200: { description: 'The endpoint.', schema: ref(WebhookEndpoint) } },
  // Place and health move without a new version.
  volatile: true,
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const id = requireId('webhook_endpoint', params.endpoint_id)
    const endpoint = await findEndpoint(ctx.db, caller.workspaceId, id)
    if (endpoint === undefined) throw notFound('webhook_endpoint')
    return okWithEtag(toWebhookEndpoint(endpoint))
  },
})
