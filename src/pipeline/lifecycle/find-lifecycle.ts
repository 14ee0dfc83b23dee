/** The lifecycle that a workspace follows: its published one, else the built-in one. */
import type { Tx } from '../../db/client.ts'
import { onceFor } from '../../domain/condition/compile-once.ts'
import type { FieldCatalogue } from '../../domain/condition/field-catalogue.ts'
import { compileLifecycle } from '../../domain/lifecycle/compile-lifecycle.ts'
import { DEFAULT_LIFECYCLE } from '../../domain/lifecycle/default-lifecycle.ts'
import type { CompiledLifecycle, LifecyclePolicy } from '../../domain/lifecycle/lifecycle-policy.ts'
import { nameVersion, type PublishedPolicy } from '../../domain/policy.ts'
import { type PolicyBook, readPolicies } from '../../policies/published-policies.ts'
import { catalogueOf } from '../condition-catalogue.ts'
import { findWritePolicy } from '../custom-fields.ts'

/** Every workspace has one lifecycle; its policy has this key. */
export const LIFECYCLE_KEY = 'default'

/** Name of the built-in lifecycle in receipts. */
const BUILT_IN = 'lifecycle:built_in'

/** The lifecycle to follow, compiled once for each publication. */
export function findLifecycle(policies: PolicyBook, catalogue: FieldCatalogue): CompiledLifecycle {
  const published = policies.of<LifecyclePolicy>('lifecycle').find(({ key }) => key === LIFECYCLE_KEY)
  return published === undefined
    ? onceFor(catalogue, DEFAULT_LIFECYCLE, () => compileLifecycle(BUILT_IN, DEFAULT_LIFECYCLE, catalogue))
    : lifecycleOf(published, catalogue)
}

/** The lifecycle of a workspace as it is committed now. */
export async function readLifecycle(tx: Tx): Promise<CompiledLifecycle> {
  const [policy, policies] = await Promise.all([findWritePolicy(tx, tx.workspaceId), readPolicies(tx)])
  return findLifecycle(policies, catalogueOf(tx.workspaceId, policy))
}

/** One version of a lifecycle, compiled. */
export function lifecycleOf(
  { key, version, definition }: PublishedPolicy<LifecyclePolicy>,
  catalogue: FieldCatalogue,
): CompiledLifecycle {
  const name = nameVersion('lifecycle', { key, version })
  return onceFor(catalogue, definition, () => compileLifecycle(name, definition, catalogue))
}
