import { AsyncOperation, accepted } from '../../../http/operation-schemas.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { enrichmentPolicy } from '../enrichment-policy-service.ts'
import { EnrichmentRunCreate } from '../run-schemas.ts'
import { startRuns } from '../run-service.ts'

export const startEnrichmentRuns = defineRoute({
  method: 'POST',
  url: '/enrichment-runs',
  operationId: 'startEnrichmentRuns',
  summary: 'Ask providers about leads',
  description:
    'Asks about the given leads, or about all that a filter finds, as an operation. A lead that waits to be asked about already ' +
    'is asked about once. `fresh` asks again although fields are filled and answers are remembered; budgets hold as ever.',
  access: enrichmentPolicy.acts,
  body: ref(EnrichmentRunCreate),
  responses: { 202: { description: 'The operation that asks.', schema: ref(AsyncOperation) } },
  problems: [422],
  handle: async (ctx, { caller, body }) => accepted(await startRuns(ctx, caller, body)),
})
