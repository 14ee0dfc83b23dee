/** Sequences as policies: what is checked when one is saved, and what follows when it is published or retired. */
import type { Ctx } from '../../ctx.ts'
import type { Tx } from '../../db/client.ts'
import { cleanLine } from '../../domain/normalize/text.ts'
import { nameVersion, type PublishedPolicy } from '../../domain/policy.ts'
import type { SequenceDefinition } from '../../domain/sequence/sequence.ts'
import { sequenceFaults } from '../../domain/sequence/sequence-faults.ts'
import type { ProblemItem } from '../../errors.ts'
import { startOperation } from '../../operations/operation-store.ts'
import { catalogueOf } from '../../pipeline/condition-catalogue.ts'
import { findWritePolicy } from '../../pipeline/custom-fields.ts'
import { findMissingKeys } from '../../pipeline/names/find-missing-keys.ts'
import { policyEndpoints } from '../../policies/endpoints/policy-endpoints.ts'
import { findNoticeFaults } from './notice-faults.ts'
import { markMembers, markStage, wakeSequence } from './sequence-queries.ts'
import { findReferenceFaults } from './sequence-references.ts'
import { type SequenceBody, toSequence } from './to-sequence.ts'

/** The handlers of sequences. */
export const sequenceRules = policyEndpoints<SequenceDefinition, SequenceBody>({
  kind: 'sequence',
  noun: 'sequence',
  path: '/sequences',
  parameter: 'sequence_key',
  scopes: { read: 'outreach:read', write: 'outreach:write' },
  toDefinition: (body, key) => {
    const definition = toSequence(body)
    return { ...definition, name: cleanLine(definition.name) || key }
  },
  findFaults,
  findMissing: findMissingKeys,
  onPublish: async (ctx, tx, { actor }, published) => await inviteThosePresent(ctx, tx, actor, published),
  onRetire: async (ctx, tx, _caller, key) => {
    // Each is ended by the next look at it, in batches, and not in the transaction of this request.
    if ((await wakeSequence(tx, key, ctx.now())) > 0) tx.announce('enrollments')
  },
})

async function findFaults(tx: Tx, definition: SequenceDefinition, key: string, ctx: Ctx): Promise<ProblemItem[]> {
  const policy = await findWritePolicy(tx, tx.workspaceId)
  const catalogue = catalogueOf(tx.workspaceId, policy)
  const faults = [
    ...sequenceFaults(definition, catalogue),
    ...(await findReferenceFaults(tx, { key, definition, policy, catalogue })),
    ...(await findNoticeFaults(ctx, definition)),
  ]
  return faults.map((fault) => ({ ...fault, parameter: null }))
}

/** Asks the judge to look at whoever is there already. */
async function inviteThosePresent(
  ctx: Ctx,
  tx: Tx,
  actor: string,
  { key, version, definition: { entry } }: PublishedPolicy<SequenceDefinition>,
): Promise<void> {
  if (!entry.includes_present || entry.kind === 'manual') return
  if (entry.kind === 'condition') {
    const reason = nameVersion('sequence', { key, version })
    await startOperation(tx, { kind: 'lead_evaluation', input: { reason }, actor, resource_id: key }, ctx.now())
    return
  }
  if (entry.segment_key !== null) await markMembers(tx, entry.segment_key)
  if (entry.stage_key !== null) await markStage(tx, entry.stage_key)
  tx.announce('leads')
}
