import { encodeTypeId } from '../../../domain/type-id.ts'
import { BATCH_BYTES, BATCH_JSON, BatchResult, faultsOfItems, multiStatus } from '../../../http/batch.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { upsertLeads } from '../lead-batch-service.ts'
import { LeadBatchUpsert } from '../lead-schemas.ts'

export const batchUpsertLeads = defineRoute({
  method: 'POST',
  url: '/leads/batch/upsert',
  operationId: 'batchUpsertLeads',
  summary: 'Create or change up to 200 leads',
  description:
    'Each item is found by `id`, else by its external ids, else by its e-mail (`on_duplicate`), and changed like by PATCH, or made. ' +
    'Always 207, one result per item in order; a faulty item fails alone, and so does a second item about the same lead. ' +
    'An archived lead that is found without its `id` comes back, unless the item says `archived` itself. ' +
    '`atomic` writes all or none.',
  access: {
    auth: 'secret',
    scope: 'leads:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  body: ref(LeadBatchUpsert),
  bodyLimit: BATCH_BYTES,
  jsonLimits: BATCH_JSON,
  judgesBody: true,
  responses: { 207: { description: 'One result per item.', schema: ref(BatchResult) } },
  handle: async (ctx, { caller, body, request, describe }) => {
    const faults = faultsOfItems(request)
    const items = body.items.map((item, index) => faults.get(index) ?? item)
    const results = await upsertLeads(ctx, caller, items, {
      atomic: body.atomic ?? false,
      onDuplicate: body.on_duplicate,
    })
    const outcomes = results.map((result) =>
      result.outcome === 'failed' ? result : { outcome: result.outcome, id: encodeTypeId('lead', result.record.id) },
    )
    return multiStatus(outcomes, describe)
  },
})
