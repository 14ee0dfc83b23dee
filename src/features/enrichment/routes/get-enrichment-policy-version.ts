import { Type } from 'typebox'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { VersionParameter } from '../../../policies/endpoints/policy-schemas.ts'
import { EnrichmentPolicyVersion } from '../enrichment-policy-schemas.ts'
import { enrichmentPolicy } from '../enrichment-policy-service.ts'

export const getEnrichmentPolicyVersion = defineRoute({
  method: 'GET',
  url: '/settings/enrichment/versions/:version',
  operationId: 'getEnrichmentPolicyVersion',
  summary: 'Read one version of the enrichment policy',
  description: 'Receipts and runs name the version that they followed.',
  access: enrichmentPolicy.reads,
  params: Type.Object({ version: VersionParameter }),
  responses: { 200: { description: 'The version.', schema: ref(EnrichmentPolicyVersion) } },
  problems: [404],
  handle: enrichmentPolicy.getVersion,
})
