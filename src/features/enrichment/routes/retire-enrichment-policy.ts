import { defineRoute } from '../../../http/route.ts'
import { enrichmentPolicy } from '../enrichment-policy-service.ts'

export const retireEnrichmentPolicy = defineRoute({
  method: 'DELETE',
  url: '/settings/enrichment',
  operationId: 'retireEnrichmentPolicy',
  summary: 'Take the enrichment policy out of use',
  description: 'Nobody is asked any more; runs that wait end as skipped. Its versions and all runs stay readable.',
  access: enrichmentPolicy.writes,
  responses: { 204: { description: 'Taken out of use.', schema: null } },
  problems: [404, 412],
  handle: enrichmentPolicy.retire,
})
