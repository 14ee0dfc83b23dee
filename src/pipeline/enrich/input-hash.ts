/** What a lead would be asked with, as one short text: nobody is asked twice for the same. */
import { createHash } from 'node:crypto'
import type { EnrichmentPolicy } from '../../domain/enrichment/providers/enrichment-policy.ts'
import { inputOf, referencesOf } from '../../domain/enrichment/providers/request-template.ts'
import type { LeadFacts } from '../../domain/lead.ts'

const inputsByPolicy = new WeakMap<EnrichmentPolicy, string[]>()

/** Fields of leads that the providers in use are asked with. */
export function inputsOf(policy: EnrichmentPolicy): string[] {
  const known = inputsByPolicy.get(policy)
  if (known !== undefined) return known
  const names = policy.providers
    .filter(({ enabled }) => enabled)
    .flatMap(({ request }) =>
      request === null
        ? ['domain']
        : referencesOf(request)
            .filter(({ kind }) => kind === 'lead')
            .map(({ name }) => name),
    )
  const inputs = [...new Set(names)].sort()
  inputsByPolicy.set(policy, inputs)
  return inputs
}

/** The hash for a lead under a version of the policy. */
export function inputHashOf(policy: EnrichmentPolicy, version: number, lead: LeadFacts): string {
  const values = inputsOf(policy).map((name) => [name, inputOf(lead, name)])
  return createHash('sha256')
    .update(JSON.stringify([version, values]))
    .digest('base64url')
    .slice(0, 22)
}
