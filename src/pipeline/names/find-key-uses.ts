/** Who names a segment, a stage or a territory and counts now: while somebody does, it cannot go. Drafts are asked when published. */
import type { Tx } from '../../db/client.ts'
import { keysInConditions } from '../../domain/condition/named-keys.ts'
import { POLICY_KINDS, type PolicyKind } from '../../domain/policy.ts'
import type { SequenceDefinition } from '../../domain/sequence/sequence.ts'
import { namesInSequence } from '../../domain/sequence/sequence-names.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError, type ProblemItem } from '../../errors.ts'
import { readPolicies } from '../../policies/published-policies.ts'
import { findTeams } from '../route/load-crew.ts'
import { listLiveConditions } from './name-queries.ts'

/** A name in use, and by whom. */
export interface KeyUse {
  name: string
  /** Such as `segment "inner"`. */
  user: string
}

type UsedKind = 'segment' | 'stage' | 'territory'

/** Names of a kind that something names which is followed now. The transaction holds the lock on policies. */
export async function listKeyUses(tx: Tx, kind: UsedKind): Promise<KeyUse[]> {
  const [policies, live, { document }] = await Promise.all([
    readPolicies(tx),
    listLiveConditions(tx),
    findTeams(tx, tx.workspaceId),
  ])
  const namesIn = (conditions: unknown) => keysInConditions(conditions).filter((one) => one.kind === kind)
  const uses = [
    ...POLICY_KINDS.flatMap((policy) =>
      policies.of(policy).map(({ key, definition }) => {
        const names = policy === 'sequence' ? namesInSequence(definition as unknown as SequenceDefinition) : [] // by its kind
        return {
          user: nameOf(policy, key),
          names: [...namesIn(definition), ...names.filter((one) => one.kind === kind)],
        }
      }),
    ),
    ...document.territories.map(({ key, condition }) => ({ user: `territory "${key}"`, names: namesIn(condition) })),
    ...live.map(({ kind: place, key, condition }) => ({
      user: place === 'buyer' ? `buyer "${key}"` : `webhook endpoint ${encodeTypeId('webhook_endpoint', key)}`,
      names: namesIn(condition),
    })),
  ]
  return uses.flatMap(({ user, names }) => [...new Set(names.map(({ name }) => name))].map((name) => ({ name, user })))
}

/** 409 that says who names it. */
export function inUse(kind: UsedKind, uses: readonly KeyUse[]): ApiError {
  const items: ProblemItem[] = uses.map(({ name, user }) => ({
    code: 'in_use',
    detail: `The ${user} names the ${kind} "${name}".`,
    pointer: null,
    parameter: null,
  }))
  const more = items.length > 1 ? ` So do ${items.length - 1} more; see errors.` : ''
  return new ApiError('in_use', `${items[0]?.detail ?? ''}${more} Change that first.`, { items })
}

/** There is one of each of these: their keys say nothing. */
const SINGLE: Partial<Record<PolicyKind, string>> = {
  lifecycle: 'lifecycle',
  routing: 'routing policy',
  enrichment: 'enrichment policy',
}

const WORDS: Partial<Record<PolicyKind, string>> = { score_model: 'score model', sla: 'service level' }

const nameOf = (kind: PolicyKind, key: string) => SINGLE[kind] ?? `${WORDS[kind] ?? kind} "${key}"`
