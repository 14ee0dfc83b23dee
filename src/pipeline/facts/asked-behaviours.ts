/** Which behaviour the published policies of a workspace ask about: only that is loaded for the leads of a batch. */
import { compileBehaviour } from '../../domain/condition/compile-behaviour.ts'
import type { CompiledBehaviour, CompiledCondition } from '../../domain/condition/compiled-condition.ts'
import { POLICY_KINDS } from '../../domain/policy.ts'
import type { PolicyBook } from '../../policies/published-policies.ts'

/** Every behaviour that these policies name anywhere in their definitions. */
export function askedBehaviours(policies: PolicyBook): CompiledBehaviour[] {
  return POLICY_KINDS.flatMap((kind) => policies.of(kind).flatMap(({ definition }) => behavioursIn(definition)))
}

/** Every behaviour that compiled conditions ask about. */
export function behavioursOf(conditions: readonly CompiledCondition[]): CompiledBehaviour[] {
  return conditions.flatMap(({ groups }) =>
    groups.flat().flatMap(({ test }) => (test.kind === 'did' ? [test.behaviour] : [])),
  )
}

const known = new WeakMap<object, readonly CompiledBehaviour[]>()

/** Every behaviour term of a definition; kept with it, for a published definition never changes. */
export function behavioursIn(definition: object): readonly CompiledBehaviour[] {
  const seen = known.get(definition)
  if (seen !== undefined) return seen
  const found: CompiledBehaviour[] = []
  collect(definition, found)
  known.set(definition, found)
  return found
}

function collect(value: unknown, found: CompiledBehaviour[]): void {
  if (typeof value !== 'object' || value === null) return
  for (const [member, part] of Object.entries(value)) {
    // What is no behaviour term after all is no question either: compiling tells.
    const behaviour = member === 'behaviour' ? compileBehaviour(part, '', []) : null
    if (behaviour === null) collect(part, found)
    else found.push(behaviour)
  }
}
