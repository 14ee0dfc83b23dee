import { Type } from 'typebox'
import { noContent } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { CredentialKey } from '../credential-schemas.ts'
import { removeCredential } from '../credential-service.ts'
import { enrichmentPolicy } from '../enrichment-policy-service.ts'

export const deleteEnrichmentCredential = defineRoute({
  method: 'DELETE',
  url: '/enrichment-credentials/:credential_key',
  operationId: 'deleteEnrichmentCredential',
  summary: 'Remove a secret of a provider',
  description: 'Refused (409) while the draft or the published policy asks with it.',
  access: enrichmentPolicy.writes,
  params: Type.Object({ credential_key: CredentialKey }),
  responses: { 204: { description: 'Removed.', schema: null } },
  problems: [404, 409],
  handle: async (ctx, { caller, params }) => {
    await removeCredential(ctx, caller, params.credential_key)
    return noContent()
  },
})
