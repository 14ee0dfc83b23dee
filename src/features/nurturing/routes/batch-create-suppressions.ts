import { encodeTypeId } from '../../../domain/type-id.ts'
import { ApiError } from '../../../errors.ts'
import { BATCH_BYTES, BATCH_JSON, BatchResult, faultsOfItems, multiStatus } from '../../../http/batch.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { OUTREACH_POST } from '../access.ts'
import { SuppressionBatch } from '../suppression-schemas.ts'
import { addSuppressions } from '../suppression-service.ts'

export const batchCreateSuppressions = defineRoute({
  method: 'POST',
  url: '/suppressions/batch/create',
  operationId: 'batchCreateSuppressions',
  summary: 'Import up to 200 suppressions',
  description:
    'Always 207, one result per item in order; a faulty item fails alone, one that holds already is `unchanged`.',
  access: OUTREACH_POST,
  body: ref(SuppressionBatch),
  bodyLimit: BATCH_BYTES,
  jsonLimits: BATCH_JSON,
  judgesBody: true,
  responses: { 207: { description: 'One result per item.', schema: ref(BatchResult) } },
  handle: async (ctx, { caller, body, request, describe }) => {
    const faults = faultsOfItems(request)
    const items = body.items.map((item, index) => faults.get(index) ?? { reason: 'imported', ...item })
    const results = await addSuppressions(ctx, caller, items)
    const outcomes = results.map((result) =>
      result instanceof ApiError
        ? { outcome: 'failed' as const, problem: result }
        : {
            outcome: result.created ? ('created' as const) : ('unchanged' as const),
            id: encodeTypeId('suppression', result.row.id),
          },
    )
    return multiStatus(outcomes, describe)
  },
})
