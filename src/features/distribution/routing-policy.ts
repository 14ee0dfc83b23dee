/** The routing policy of a workspace: one, under a fixed key, drafted and published like any other policy. */
import type { Static } from 'typebox'
import type { Tx } from '../../db/client.ts'
import { validateCondition } from '../../domain/condition/validate-condition.ts'
import { cleanLine } from '../../domain/normalize/text.ts'
import { routingFaults, targetsOf } from '../../domain/routing/routing-faults.ts'
import type { IfNobody, RoutingDefinition, RoutingTarget, TargetKind } from '../../domain/routing/routing-policy.ts'
import { withTerritories } from '../../domain/routing/territory.ts'
import { decodeTypeId, encodeTypeId } from '../../domain/type-id.ts'
import type { ProblemItem } from '../../errors.ts'
import type { Call } from '../../http/route.ts'
import { catalogueOf } from '../../pipeline/condition-catalogue.ts'
import { findWritePolicy } from '../../pipeline/custom-fields.ts'
import { findMissingKeys } from '../../pipeline/names/find-missing-keys.ts'
import { findTeams } from '../../pipeline/route/load-crew.ts'
import { retryUnrouted } from '../../pipeline/route/retry-unrouted.ts'
import { policyEndpoints } from '../../policies/endpoints/policy-endpoints.ts'
import type { RoutingInput } from './routing-schemas.ts'
import { listKnownBuyers, listKnownUsers } from './team-queries.ts'

export const ROUTING_KEY = 'default'

/** The handlers of its endpoints. */
export const routing = policyEndpoints<RoutingDefinition, Static<typeof RoutingInput>>({
  kind: 'routing',
  noun: 'routing policy',
  path: '/settings/routing',
  parameter: 'routing_key',
  scopes: { read: 'settings:read', write: 'settings:write' },
  toDefinition,
  findFaults,
  findMissing: findMissingKeys,
  onPublish: async (_ctx, tx) => await retryUnrouted(tx),
})

/** There is one policy: its address has no key. */
export const withRoutingKey = <C extends Call<unknown, unknown, unknown>>(call: C) => ({
  ...call,
  params: { ...(call.params as Record<string, unknown> | undefined), routing_key: ROUTING_KEY },
})

type Given = Static<typeof RoutingInput>
type GivenTarget = Given['default_target']

// Stored in wire form, so that versions and differences read as they were written; the router decodes.
function toTarget({ kind, user_id = null, pool_key = null, buyer_key = null }: GivenTarget): RoutingTarget {
  return { kind: kind as TargetKind, user_id, pool_key, buyer_key }
}

function toDefinition({ default_target, rules = [], when = null, worth_field = null }: Given): RoutingDefinition {
  return {
    when: when as RoutingDefinition['when'],
    rules: rules.map(({ key, name, target, skills = [], if_nobody, wait_seconds = null, ...rule }) => ({
      key,
      name: cleanLine(name ?? '') || key,
      when: (rule.when ?? null) as RoutingDefinition['when'],
      target: toTarget(target),
      skills: skills.map(({ skill, importance = 1, minimum = 0 }) => ({ skill, importance, minimum })),
      if_nobody: (if_nobody ?? 'default') as IfNobody,
      wait_seconds,
    })),
    default_target: toTarget(default_target),
    worth_field,
  }
}

/** What is wrong with a definition in this workspace: its shape, its conditions, and what it refers to. */
async function findFaults(tx: Tx, definition: RoutingDefinition): Promise<ProblemItem[]> {
  const policy = await findWritePolicy(tx, tx.workspaceId)
  const catalogue = withTerritories(catalogueOf(tx.workspaceId, policy))
  const conditions = [
    { condition: definition.when, pointer: '/when' },
    ...definition.rules.map(({ when }, i) => ({ condition: when, pointer: `/rules/${i}/when` })),
  ]
  const faults = [
    ...routingFaults(definition),
    ...conditions.flatMap(({ condition, pointer }) => {
      const verdict = validateCondition(condition, catalogue, pointer)
      return verdict.ok ? [] : verdict.faults
    }),
    ...(await findMissing(tx, definition)),
  ]
  const worth = policy.customFields.lead.find(({ key }) => key === definition.worth_field)
  if (definition.worth_field !== null && !['integer', 'number'].includes(worth?.type ?? '')) {
    const detail = 'Must be a custom field of leads that holds a number.'
    faults.push({ code: 'unknown_custom_field', detail, pointer: '/worth_field' })
  }
  return faults.map((fault) => ({ ...fault, parameter: null }))
}

async function findMissing(tx: Tx, definition: RoutingDefinition) {
  const targets = targetsOf(definition)
  const uuids = targets.flatMap(({ target }) => decodeTypeId('user', target.user_id ?? '') ?? [])
  const known = await listKnownUsers(tx, [...new Set(uuids)])
  const users = new Set([...known].map((id) => encodeTypeId('user', id)))
  const { document } = await findTeams(tx, tx.workspaceId)
  const pools = new Set(document.pools.map(({ key }) => key))
  const buyers = await listKnownBuyers(
    tx,
    targets.flatMap(({ target }) => target.buyer_key ?? []),
  )
  return targets.flatMap(({ target: { user_id, pool_key, buyer_key }, pointer }) => [
    ...(user_id === null || users.has(user_id)
      ? []
      : [{ code: 'unknown_user', detail: 'No such user.', pointer: `${pointer}/user_id` }]),
    ...(pool_key === null || pools.has(pool_key)
      ? []
      : [{ code: 'unknown_pool', detail: 'No such pool.', pointer: `${pointer}/pool_key` }]),
    ...(buyer_key === null || buyers.has(buyer_key)
      ? []
      : [{ code: 'unknown_buyer', detail: 'No such buyer.', pointer: `${pointer}/buyer_key` }]),
  ])
}
