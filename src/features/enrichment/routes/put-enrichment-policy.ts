import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { EnrichmentPolicyInput, EnrichmentPolicySchema } from '../enrichment-policy-schemas.ts'
import { enrichmentPolicy } from '../enrichment-policy-service.ts'

export const putEnrichmentPolicy = defineRoute({
  method: 'PUT',
  url: '/settings/enrichment',
  operationId: 'putEnrichmentPolicy',
  summary: 'Write the draft of the enrichment policy',
  description:
    'Needs `If-Match` once there is one. Providers are asked in their order until the wanted fields are filled. ' +
    'Nothing is asked until the draft is published; secrets are stored apart, see `/enrichment-credentials`.',
  access: enrichmentPolicy.writes,
  body: ref(EnrichmentPolicyInput),
  responses: {
    200: { description: 'The policy with its draft.', schema: ref(EnrichmentPolicySchema) },
    201: { description: 'The new policy.', schema: ref(EnrichmentPolicySchema) },
  },
  problems: [412, 428],
  handle: enrichmentPolicy.put,
})
