import { Type } from 'typebox'
import { DELIVERY_STATES } from '../../../domain/webhook/delivery.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { requireMoment } from '../../../http/moment-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import {
  ClosedEnum,
  CursorParameter,
  Id,
  LimitParameter,
  query,
  Repeated,
  ref,
  Text,
  Timestamp,
} from '../../../http/schema.ts'
import { listDeliveries } from '../delivery-queries.ts'
import { toWebhookDelivery, WebhookDeliveryPage } from '../delivery-schemas.ts'

export const listWebhookDeliveries = defineRoute({
  method: 'GET',
  url: '/webhook-deliveries',
  operationId: 'listWebhookDeliveries',
  summary: 'List webhook deliveries',
  description:
    'What was sent and what became of it, newest first. Finished ones are forgotten after 30 days, or as the installation says.',
  access: {
    auth: 'secret',
    scope: 'webhooks:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  query: query({
    endpoint_id: Type.Optional(Id('webhook_endpoint', { description: 'To this endpoint.' })),
    state: Repeated(ClosedEnum(DELIVERY_STATES, { description: 'A state.' }), { description: 'Any of these states.' }),
    type: Repeated(Text(64, { description: 'A type of change.', examples: ['lead.updated'] }), {
      description: 'Any of these types.',
    }),
    created_after: Type.Optional(Timestamp({ description: 'Queued at or after this moment.' })),
    created_before: Type.Optional(Timestamp({ description: 'Queued before this moment.' })),
    limit: LimitParameter,
    cursor: CursorParameter,
  }),
  responses: { 200: { description: 'A page of deliveries.', schema: ref(WebhookDeliveryPage) } },
  handle: async (ctx, { caller, query: given }) => {
    const { workspaceId } = caller
    const { limit, cursor } = given
    const filter = {
      endpointId: given.endpoint_id === undefined ? null : requireId('webhook_endpoint', given.endpoint_id),
      states: given.state ?? null,
      types: given.type ?? null,
      createdAfter: requireMoment('created_after', given.created_after),
      createdBefore: requireMoment('created_before', given.created_before),
    }
    const scope = { secret: ctx.secret, workspaceId, operation: 'listWebhookDeliveries', query: filter }
    const [before = null] = cursor === undefined ? [] : (readCursor(scope, cursor) as [string])
    const rows = await listDeliveries(ctx.db, workspaceId, filter, before, limit + 1)
    return ok(toPage(rows, limit, toWebhookDelivery, (row) => writeCursor(scope, [row.id])))
  },
})
