import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { EnrichmentPolicyVersionPage } from '../enrichment-policy-schemas.ts'
import { enrichmentPolicy } from '../enrichment-policy-service.ts'

export const listEnrichmentPolicyVersions = defineRoute({
  method: 'GET',
  url: '/settings/enrichment/versions',
  operationId: 'listEnrichmentPolicyVersions',
  summary: 'List the versions of the enrichment policy',
  description: 'Every version that was ever published, and the draft, newest first.',
  access: enrichmentPolicy.reads,
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of versions.', schema: ref(EnrichmentPolicyVersionPage) } },
  problems: [404],
  handle: enrichmentPolicy.listVersions,
})
