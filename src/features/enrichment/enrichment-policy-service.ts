/** The policy of a workspace: one of its kind, with defaults filled in and every fault named before it is stored. */
import type { Static } from 'typebox'
import { checkTarget } from '../../connectors/http-client/check-target.ts'
import { rulesOf } from '../../connectors/http-client/outbound.ts'
import type { Ctx } from '../../ctx.ts'
import type { Tx } from '../../db/client.ts'
import { validateCondition } from '../../domain/condition/validate-condition.ts'
import {
  ENRICHMENT_KEY,
  type EnrichmentPolicy,
  type EnrichmentProvider,
  FIRST_POLICY,
} from '../../domain/enrichment/providers/enrichment-policy.ts'
import { findPolicyFaults } from '../../domain/enrichment/providers/policy-faults.ts'
import { hasFixedOrigin, sampleUrl } from '../../domain/enrichment/providers/request-template.ts'
import { type ProblemItem, validationFailed } from '../../errors.ts'
import type { Answer, Call } from '../../http/route.ts'
import { catalogueOf } from '../../pipeline/condition-catalogue.ts'
import { findWritePolicy } from '../../pipeline/custom-fields.ts'
import { findMissingKeys } from '../../pipeline/names/find-missing-keys.ts'
import { faultAt } from '../../pipeline/read-record.ts'
import { policyEndpoints } from '../../policies/endpoints/policy-endpoints.ts'
import { listCredentialKeys } from './credential-queries.ts'
import type { EnrichmentPolicyInput } from './enrichment-policy-schemas.ts'

type Body = Static<typeof EnrichmentPolicyInput>
type ProviderBody = Body['providers'][number]

/** The definition that a body means. */
export function toDefinition({ providers, ...given }: Body): EnrichmentPolicy {
  return { ...FIRST_POLICY, ...given, providers: providers.map(toProvider) } as EnrichmentPolicy // the schema has checked the words
}

const DAY_SECONDS = 86_400

function toProvider({ request, fields, ...given }: ProviderBody): EnrichmentProvider {
  return {
    kind: 'http',
    enabled: true,
    confidence_pointer: null,
    confidence: 0.7,
    empty_statuses: [404],
    price_micros: 0,
    charged: 'always',
    daily_budget_micros: null,
    rate_calls: null,
    rate_seconds: 1,
    timeout_ms: 5_000,
    max_attempts: 3,
    cache_seconds: 30 * DAY_SECONDS,
    empty_cache_seconds: 7 * DAY_SECONDS,
    expires_after_days: null,
    ...given,
    request: request ? { method: 'GET', headers: [], body: null, ...request } : null,
    fields: fields.map((field) => ({ confidence: null, values: {}, ...field })),
  } as EnrichmentProvider // the schema has checked the words
}

async function findFaults(tx: Tx, definition: EnrichmentPolicy): Promise<ProblemItem[]> {
  const write = await findWritePolicy(tx, tx.workspaceId)
  const condition = validateCondition(definition.filter, catalogueOf(tx.workspaceId, write), '/filter')
  const faults = findPolicyFaults(definition, {
    customFields: new Set(write.customFields.lead.filter(({ archived }) => !archived).map(({ key }) => key)),
    credentials: new Set(await listCredentialKeys(tx)),
    // Asked before, where the settings of the installation are at hand.
    refuseUrl: () => null,
  })
  return [...(condition.ok ? [] : condition.faults), ...faults].map((fault) => ({ ...fault, parameter: null }))
}

const kit = policyEndpoints<EnrichmentPolicy, Body>({
  kind: 'enrichment',
  noun: 'enrichment policy',
  path: '/settings/enrichment',
  parameter: 'policy_key',
  scopes: { read: 'enrichment:read', write: 'enrichment:write' },
  toDefinition,
  findFaults,
  findMissing: findMissingKeys,
})

/** A workspace has one such policy, so its address has no key. */
const withKey = <C extends Call>(call: C) => ({
  ...call,
  params: { ...(call.params as object), policy_key: ENRICHMENT_KEY },
})

/** The handlers of the routes of the policy. */
export const enrichmentPolicy = {
  reads: kit.reads,
  writes: kit.writes,
  acts: kit.acts,
  get: (ctx: Ctx, call: Call) => kit.get(ctx, withKey(call)),
  put: async (ctx: Ctx, call: Call<unknown, unknown, Body>): Promise<Answer> => {
    refuseAddresses(ctx, toDefinition(call.body))
    const answer = await kit.put(ctx, withKey(call))
    return answer.status === 201
      ? { ...answer, headers: { ...answer.headers, location: '/v1/settings/enrichment' } }
      : answer
  },
  publish: (ctx: Ctx, call: Call) => kit.publish(ctx, withKey(call)),
  retire: (ctx: Ctx, call: Call) => kit.retire(ctx, withKey(call)),
  listVersions: (ctx: Ctx, call: Call<unknown, { limit: number; cursor?: string }>) =>
    kit.listVersions(ctx, withKey(call)),
  getVersion: (ctx: Ctx, call: Call) => kit.getVersion(ctx, withKey(call)),
  diff: (ctx: Ctx, call: Call<unknown, { from?: number; to?: number }>) => kit.diff(ctx, withKey(call)),
}

/** 400 for an address that the outbound client would refuse: better told now than found in a run. */
function refuseAddresses({ config }: Ctx, { providers }: EnrichmentPolicy): void {
  const items = providers.flatMap(({ request }, i) => {
    if (request === null || !hasFixedOrigin(request.url) || !URL.canParse(sampleUrl(request.url))) return []
    const verdict = checkTarget(sampleUrl(request.url), rulesOf(config))
    return verdict.ok ? [] : [faultAt(`/providers/${i}/request/url`, verdict.reason, 'This address may not be called.')]
  })
  if (items.length > 0) throw validationFailed(items)
}
