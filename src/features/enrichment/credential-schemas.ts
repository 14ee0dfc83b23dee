/** Shapes of stored credentials. */
import { Type } from 'typebox'
import { etagOf } from '../../http/etag.ts'
import { component, input, pageOf, Slug, Text, Timestamp } from '../../http/schema.ts'
import type { CredentialRow } from './credential-queries.ts'

export const CredentialKey = Slug({ description: 'Key that policies name it by.', examples: ['people_api'] })

export const EnrichmentCredential = component('EnrichmentCredential', 'A stored secret; its value is never shown.', {
  key: CredentialKey,
  etag: Text(40, { description: 'Send it as If-Match to replace this one.', examples: ['"v1"'] }),
  created_at: Timestamp({ description: 'When it was first stored.' }),
  updated_at: Timestamp({ description: 'When it was last replaced.' }),
})

export const EnrichmentCredentialPage = pageOf(
  'EnrichmentCredentialPage',
  'A page of stored secrets.',
  EnrichmentCredential,
)

export const EnrichmentCredentialInput = input('EnrichmentCredentialInput', 'A secret to store.', {
  value: Type.String({
    pattern: '^[\\x21-\\x7e]{1,2000}$',
    minLength: 1,
    maxLength: 2_000,
    description: 'The secret: visible ASCII. It is stored encrypted and never shown again.',
    examples: ['provider-key-4f3a'],
  }),
})

/** The wire form of a credential. */
export function toCredential({ credential_key, version, created_at, updated_at }: CredentialRow) {
  return { key: credential_key, etag: etagOf(version), created_at, updated_at }
}
