/** Segments as policies: what they are checked by and what follows when one is published or retired. */
import type { Caller, Ctx } from '../../ctx.ts'
import type { Tx } from '../../db/client.ts'
import { findSegmentFaults, type SegmentDefinition, type SegmentKind } from '../../domain/segment/segment.ts'
import type { ProblemItem } from '../../errors.ts'
import { startOperation } from '../../operations/operation-store.ts'
import { catalogueOf } from '../../pipeline/condition-catalogue.ts'
import { findWritePolicy } from '../../pipeline/custom-fields.ts'
import { inUse, listKeyUses } from '../../pipeline/names/find-key-uses.ts'
import { findMissingKeys } from '../../pipeline/names/find-missing-keys.ts'
import { policyEndpoints } from '../../policies/endpoints/policy-endpoints.ts'
import { readPolicies } from '../../policies/published-policies.ts'

/** What a request says at least. */
export type SegmentBody = Pick<SegmentDefinition, 'title'> &
  Partial<Pick<SegmentDefinition, 'description' | 'condition'>> & { kind?: string }

/** The handlers of segments. */
export const segmentPolicies = policyEndpoints<SegmentDefinition, SegmentBody>({
  kind: 'segment',
  noun: 'segment',
  path: '/segments',
  parameter: 'segment_key',
  scopes: { read: 'segments:read', write: 'segments:write' },
  toDefinition: ({ title, description = '', kind = 'dynamic', condition = null }) => ({
    title,
    description,
    kind: kind as SegmentKind, // an open enum: the schema lets the known ones through
    condition,
  }),
  findFaults: findFaultsIn,
  findMissing: findMissingKeys,
  onPublish: async (ctx, tx, caller, { key }) => await startEvaluation(ctx, tx, caller, key),
  requireUnused,
  onRetire: startEvaluation,
})

async function findFaultsIn(tx: Tx, definition: SegmentDefinition, key: string): Promise<ProblemItem[]> {
  const [policy, policies] = await Promise.all([findWritePolicy(tx, tx.workspaceId), readPolicies(tx)])
  const others = policies.of<SegmentDefinition>('segment')
  const faults = findSegmentFaults({ key, definition }, others, catalogueOf(tx.workspaceId, policy))
  return faults.map((fault) => ({ ...fault, parameter: null }))
}

/** Whoever asks about a segment that has gone would wait for ever for somebody to be in it. */
async function requireUnused(tx: Tx, key: string): Promise<void> {
  const uses = (await listKeyUses(tx, 'segment')).filter(({ name }) => name === key)
  if (uses.length > 0) throw inUse('segment', uses)
}

async function startEvaluation(ctx: Ctx, tx: Tx, { actor }: Caller, key: string): Promise<void> {
  const wanted = { kind: 'segment_evaluation', input: { segment_key: key }, actor, resource_id: key }
  await startOperation(tx, wanted, ctx.now())
}
