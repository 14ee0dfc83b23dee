import { encodeTypeId } from '../../../domain/type-id.ts'
import { BATCH_BYTES, BATCH_JSON, BatchResult, faultsOfItems, multiStatus } from '../../../http/batch.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { AccountBatchUpsert } from '../account-schemas.ts'
import { upsertAccounts } from '../account-service.ts'

export const batchUpsertAccounts = defineRoute({
  method: 'POST',
  url: '/accounts/batch/upsert',
  operationId: 'batchUpsertAccounts',
  summary: 'Create or change up to 200 accounts',
  description:
    'Each item is found by `id`, else by its external ids, else by its domain (`on_duplicate`), and changed like by PATCH, or made. ' +
    'Always 207, one result per item in order; a faulty item fails alone, and so does a second item about the same account. ' +
    'An archived account that is found without its `id` comes back, unless the item says `archived` itself. ' +
    '`atomic` writes all or none.',
  access: {
    auth: 'secret',
    scope: 'accounts:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  body: ref(AccountBatchUpsert),
  bodyLimit: BATCH_BYTES,
  jsonLimits: BATCH_JSON,
  judgesBody: true,
  responses: { 207: { description: 'One result per item.', schema: ref(BatchResult) } },
  handle: async (ctx, { caller, body, request, describe }) => {
    const faults = faultsOfItems(request)
    const items = body.items.map((item, index) => faults.get(index) ?? item)
    const results = await upsertAccounts(ctx, caller, items, {
      atomic: body.atomic ?? false,
      onDuplicate: body.on_duplicate,
    })
    return multiStatus(
      results.map((result) =>
        result.outcome === 'failed'
          ? result
          : { outcome: result.outcome, id: encodeTypeId('account', result.record.id) },
      ),
      describe,
    )
  },
})
