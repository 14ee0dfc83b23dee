import { ENDPOINT_STATES } from '../../../domain/webhook/delivery.ts'
import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { ClosedEnum, CursorParameter, LimitParameter, query, Repeated, ref } from '../../../http/schema.ts'
import { listEndpoints } from '../endpoint-queries.ts'
import { toWebhookEndpoint, WebhookEndpointPage } from '../endpoint-schemas.ts'

export const listWebhookEndpoints = defineRoute({
  method: 'GET',
  url: '/webhook-endpoints',
  operationId: 'listWebhookEndpoints',
  summary: 'List webhook endpoints',
  description: 'Where changes are sent, newest endpoint first, without secrets.',
  access: {
    auth: 'secret',
    scope: 'webhooks:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  query: query({
    state: Repeated(ClosedEnum(ENDPOINT_STATES, { description: 'A state.' }), { description: 'Any of these states.' }),
    limit: LimitParameter,
    cursor: CursorParameter,
  }),
  responses: { 200: { description: 'A page of endpoints.', schema: ref(WebhookEndpointPage) } },
  handle: async (ctx, { caller, query: { state = null, limit, cursor } }) => {
    const { workspaceId } = caller
    const scope = { secret: ctx.secret, workspaceId, operation: 'listWebhookEndpoints', query: state }
    const before = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listEndpoints(ctx.db, workspaceId, state, before, limit + 1)
    return ok(toPage(rows, limit, toWebhookEndpoint, (row) => writeCursor(scope, [row.created_at, row.id])))
  },
})
