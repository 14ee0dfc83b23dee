// A published sequence made ready for walking: its steps by key, its conditions compiled.
import { compileStored } from '../condition/compile-once.ts'
import type { CompiledCondition } from '../condition/compiled-condition.ts'
import type { Condition } from '../condition/condition-shape.ts'
import type { FieldCatalogue, FieldDefinition } from '../condition/field-catalogue.ts'
import type { SequenceDefinition, Step } from './sequence.ts'

export interface CompiledSequence {
  readonly definition: SequenceDefinition
  readonly first: string | null
  readonly steps: ReadonlyMap<string, Step>
  /** Who may enter, beyond the trigger; null lets nobody in (it asks for a field that is gone). */
  readonly entry: CompiledCondition | null
  readonly goal: CompiledCondition | null
  readonly exit: CompiledCondition | null
  /** The condition of a step, null when it asks for a field that is gone: it then holds for nobody. */
  conditionOf(condition: Condition): CompiledCondition | null
  /** The field that a wait for a date reads. */
  fieldOf(name: string): FieldDefinition | undefined
}

/** Makes a definition ready under a catalogue; kept by the caller (`onceFor`). */
export function compileSequence(catalogue: FieldCatalogue, definition: SequenceDefinition): CompiledSequence {
  const conditions = new Map<Condition, CompiledCondition | null>()
  const conditionOf = (condition: Condition) => {
    const known = conditions.get(condition)
    if (known !== undefined) return known
    const compiled = compileStored(catalogue, condition)
    conditions.set(condition, compiled)
    return compiled
  }
  const { steps, entry, goal, exit } = definition
  return {
    definition,
    first: steps[0]?.key ?? null,
    steps: new Map(steps.map((step) => [step.key, step])),
    entry: compileStored(catalogue, entry.condition),
    goal: goal === null ? null : conditionOf(goal),
    exit: exit.condition === null ? null : conditionOf(exit.condition),
    conditionOf,
    fieldOf: (name) => catalogue.get(name),
  }
}
