// A stored lifecycle made ready to decide. A gate that asks for something that is no longer there (a custom field that was
// removed) stays closed for everybody; the rest of the lifecycle goes on.
import { compileStored } from '../condition/compile-once.ts'
import type { CompiledCondition } from '../condition/compiled-condition.ts'
import type { FieldCatalogue } from '../condition/field-catalogue.ts'
import type { CompiledLifecycle, LifecyclePolicy } from './lifecycle-policy.ts'

/** The condition that nobody satisfies: no group at all. */
const NOBODY: CompiledCondition = { groups: [] }

/** The lifecycle under a name such as `lifecycle:default@3`. */
export function compileLifecycle(name: string, policy: LifecyclePolicy, catalogue: FieldCatalogue): CompiledLifecycle {
  return { name, policy, gates: policy.transitions.map(({ gate }) => compileStored(catalogue, gate) ?? NOBODY) }
}
