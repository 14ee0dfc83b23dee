import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { EnrichmentPolicySchema } from '../enrichment-policy-schemas.ts'
import { enrichmentPolicy } from '../enrichment-policy-service.ts'

export const publishEnrichmentPolicy = defineRoute({
  method: 'POST',
  url: '/settings/enrichment/publish',
  operationId: 'publishEnrichmentPolicy',
  summary: 'Publish the draft of the enrichment policy',
  description:
    'From now on new leads, and known ones when something about them changes, are asked about in this way. ' +
    '`POST /enrichment-runs` asks about those that are there. 422 when the filter names what is not there.',
  access: enrichmentPolicy.acts,
  responses: { 200: { description: 'The policy with its published version.', schema: ref(EnrichmentPolicySchema) } },
  problems: [404, 409, 412, 422],
  handle: enrichmentPolicy.publish,
})
