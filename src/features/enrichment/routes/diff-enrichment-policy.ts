import { defineRoute } from '../../../http/route.ts'
import { query, ref } from '../../../http/schema.ts'
import { DiffParameters, PolicyDiff } from '../../../policies/endpoints/policy-schemas.ts'
import { enrichmentPolicy } from '../enrichment-policy-service.ts'

export const diffEnrichmentPolicy = defineRoute({
  method: 'GET',
  url: '/settings/enrichment/diff',
  operationId: 'diffEnrichmentPolicy',
  summary: 'Compare two versions of the enrichment policy',
  description: 'What differs between two versions; between the draft and what is followed when none are named.',
  access: enrichmentPolicy.reads,
  query: query(DiffParameters),
  responses: { 200: { description: 'The differences.', schema: ref(PolicyDiff) } },
  problems: [404],
  handle: enrichmentPolicy.diff,
})
