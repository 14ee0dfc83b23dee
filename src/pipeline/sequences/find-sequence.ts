/** Sequences as they are walked: the published one for whoever enters, the one that was entered for whoever is inside. */
import { LRUCache } from 'lru-cache'
import type { Statement, Tx } from '../../db/client.ts'
import { onceFor } from '../../domain/condition/compile-once.ts'
import type { FieldCatalogue } from '../../domain/condition/field-catalogue.ts'
import type { PolicyKind, PublishedPolicy } from '../../domain/policy.ts'
import { type CompiledSequence, compileSequence } from '../../domain/sequence/compile-sequence.ts'
import type { SequenceDefinition } from '../../domain/sequence/sequence.ts'
import type { PolicyBook } from '../../policies/published-policies.ts'

/** A version that was published once never changes; a few kilobytes each. */
const versions = new LRUCache<string, SequenceDefinition>({ max: 1_000 })

const versionStatement: Statement = {
  name: 'find_sequence_version',
  text: `SELECT definition FROM policy_versions
    WHERE workspace_id = $1 AND kind = 'sequence' AND policy_key = $2 AND version = $3 AND state <> 'draft'`,
}

/** The definition of a version that was published; undefined when there is none. */
export async function findSequenceVersion(
  tx: Tx,
  key: string,
  version: number,
): Promise<SequenceDefinition | undefined> {
  const place = `${tx.workspaceId}/${key}@${version}`
  const known = versions.get(place)
  if (known !== undefined) return known
  const [row] = await tx.query<{ definition: SequenceDefinition }>(versionStatement, [tx.workspaceId, key, version])
  if (row !== undefined) versions.set(place, row.definition)
  return row?.definition
}

/** The definition made ready under a catalogue, made once for the two. */
export function compiledOf(catalogue: FieldCatalogue, definition: SequenceDefinition): CompiledSequence {
  return onceFor(catalogue, definition, compileSequence)
}

export type PublishedSequence = PublishedPolicy<SequenceDefinition>

/** What other policies ask about is of no concern here. */
export const onlySequences = (policies: PolicyBook): PolicyBook => ({
  of: <Definition extends object>(kind: PolicyKind) => (kind === 'sequence' ? policies.of<Definition>(kind) : []),
})
