import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { EnrichmentPolicySchema } from '../enrichment-policy-schemas.ts'
import { enrichmentPolicy } from '../enrichment-policy-service.ts'

export const getEnrichmentPolicy = defineRoute({
  method: 'GET',
  url: '/settings/enrichment',
  operationId: 'getEnrichmentPolicy',
  summary: 'Read the enrichment policy',
  description:
    'Whom to ask about leads, in which order and at what price: what is followed now, and the draft. 404 until there is one; ' +
    'what the fields of a lead tell by themselves needs no policy.',
  access: enrichmentPolicy.reads,
  responses: { 200: { description: 'The policy.', schema: ref(EnrichmentPolicySchema) } },
  problems: [404],
  handle: enrichmentPolicy.get,
})
