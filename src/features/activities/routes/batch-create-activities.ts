import { encodeTypeId } from '../../../domain/type-id.ts'
import { BATCH_BYTES, BATCH_JSON, BatchResult, faultsOfItems, multiStatus } from '../../../http/batch.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { ActivityBatchCreate } from '../activity-schemas.ts'
import { recordActivities } from '../activity-service.ts'

export const batchCreateActivities = defineRoute({
  method: 'POST',
  url: '/activities/batch/create',
  operationId: 'batchCreateActivities',
  summary: 'Record up to 200 activities',
  description:
    'For a CRM that hands over what its sellers did. Always 207, one result per item in order; a faulty item fails alone. ' +
    '`atomic` writes all or none.',
  access: {
    auth: 'secret',
    scope: 'activities:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  body: ref(ActivityBatchCreate),
  bodyLimit: BATCH_BYTES,
  jsonLimits: BATCH_JSON,
  judgesBody: true,
  responses: { 207: { description: 'One result per item.', schema: ref(BatchResult) } },
  handle: async (ctx, { caller, body, request, describe }) => {
    const faults = faultsOfItems(request)
    const items = body.items.map((item, index) => faults.get(index) ?? item)
    const results = await recordActivities(ctx, caller, items, body.atomic ?? false)
    const outcomes = results.map((result) =>
      result.outcome === 'failed'
        ? result
        : { outcome: result.outcome, id: encodeTypeId('activity', result.record.id) },
    )
    return multiStatus(outcomes, describe)
  },
})
