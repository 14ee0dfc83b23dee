import { Type } from 'typebox'
import { created, okWithEtag } from '../../../http/answers.ts'
import { expectedVersion, isCreateOnly } from '../../../http/etag.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { CredentialKey, EnrichmentCredential, EnrichmentCredentialInput, toCredential } from '../credential-schemas.ts'
import { saveCredential } from '../credential-service.ts'
import { enrichmentPolicy } from '../enrichment-policy-service.ts'

export const putEnrichmentCredential = defineRoute({
  method: 'PUT',
  url: '/enrichment-credentials/:credential_key',
  operationId: 'putEnrichmentCredential',
  summary: 'Store a secret of a provider',
  description:
    'Stored encrypted (AES-256-GCM, bound to this workspace and key) and never shown again. Replacing one needs `If-Match`; ' +
    'calls that begin after it use the new one.',
  access: enrichmentPolicy.writes,
  params: Type.Object({ credential_key: CredentialKey }),
  body: ref(EnrichmentCredentialInput),
  responses: {
    200: { description: 'The replaced secret.', schema: ref(EnrichmentCredential) },
    201: { description: 'The new secret.', schema: ref(EnrichmentCredential) },
  },
  problems: [412, 428],
  handle: async (ctx, { caller, params, body, request }) => {
    const expected = { ifMatchVersion: expectedVersion(request), createOnly: isCreateOnly(request) }
    const saved = await saveCredential(ctx, caller, params.credential_key, body.value, expected)
    const credential = toCredential(saved.credential)
    return saved.created ? created(credential, `/v1/enrichment-credentials/${credential.key}`) : okWithEtag(credential)
  },
})
