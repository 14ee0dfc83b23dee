// A stored lifecycle made ready to decide. A gate that asks for something that is no longer there (a custom field that was
// removed) stays closed for everybody; the rest of the lifecycle goes on.
import { compileStored } from '../condition/compile-once.ts'
import type { CompiledCondition } from '../condition/compiled-condition.ts'
import type { FieldCatalogue } from '../condition/field-catalogue.ts'
import type { CompiledLifecycle, LifecyclePolicy } from './lifecycle-policy.ts'

/** The condition that nobody satisfies: no group at all. */
const NOBODY: CompiledCondition = { groups: [] }

/** The definition with every default filled in: a version that an earlier release stored lacks what was added since. */
export function completeLifecycle(policy: LifecyclePolicy): LifecyclePolicy {
  return { ...policy, criteria: policy.criteria.map((criterion) => ({ ...LATER_MEMBERS, ...criterion })) }
}

const LATER_MEMBERS = { values: [] }

/** The lifecycle under a name such as `lifecycle:default@3`. */
export function compileLifecycle(name: string, policy: LifecyclePolicy, catalogue: FieldCatalogue): CompiledLifecycle {
  return {
    name,
    policy: completeLifecycle(policy),
    gates: policy.transitions.map(({ gate }) => compileStored(catalogue, gate) ?? NOBODY),
  }
}
