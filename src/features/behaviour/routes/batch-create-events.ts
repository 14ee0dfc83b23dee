import { encodeTypeId } from '../../../domain/type-id.ts'
import { faultsOfItems, multiStatus } from '../../../http/batch.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { EVENT_BATCH_BYTES, EVENT_BATCH_JSON, EventBatchCreate, EventBatchResult } from '../event-schemas.ts'
import { createEvents } from '../event-service.ts'

export const batchCreateEvents = defineRoute({
  method: 'POST',
  url: '/events/batch/create',
  operationId: 'batchCreateEvents',
  summary: 'Record up to 1,000 events',
  description:
    'What leads and visitors did, from product analytics or a server, in any order. Always 207, one result per item in order; ' +
    'a faulty item fails alone. An event with an `event_id` that was seen within 30 days is `unchanged`. ' +
    'Leads are counted and judged again right after; events of a lead that does not exist are refused with 404.',
  access: {
    auth: 'secret',
    scope: 'events:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  body: ref(EventBatchCreate),
  bodyLimit: EVENT_BATCH_BYTES,
  jsonLimits: EVENT_BATCH_JSON,
  judgesBody: true,
  responses: { 207: { description: 'One result per event.', schema: ref(EventBatchResult) } },
  handle: async (ctx, { caller, body, request, describe }) => {
    const faults = faultsOfItems(request)
    const items = body.items.map((item, index) => faults.get(index) ?? item)
    const results = await createEvents(ctx, caller, items)
    const outcomes = results.map((result) =>
      result.outcome === 'failed' ? result : { outcome: result.outcome, id: encodeTypeId('event', result.record.id) },
    )
    return multiStatus(outcomes, describe)
  },
})
