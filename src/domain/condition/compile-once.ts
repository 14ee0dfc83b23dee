// Stored conditions are compiled once for each catalogue: both are the same objects until somebody changes them, so
// what was made of them is kept with them and goes with them.
import type { CompiledCondition } from './compiled-condition.ts'
import type { Condition } from './condition-shape.ts'
import type { FieldCatalogue } from './field-catalogue.ts'
import { validateCondition } from './validate-condition.ts'

const made = new WeakMap<FieldCatalogue, WeakMap<object, unknown>>()

/** What `make` makes of a definition under a catalogue, made once for the two. */
export function onceFor<Definition extends object, T>(
  catalogue: FieldCatalogue,
  definition: Definition,
  make: (catalogue: FieldCatalogue, definition: Definition) => T,
): T {
  const known = made.get(catalogue) ?? new WeakMap<object, unknown>()
  made.set(catalogue, known)
  if (!known.has(definition)) known.set(definition, make(catalogue, definition))
  return known.get(definition) as T // the one that `make` gave for this definition
}

/**
 * A stored condition, compiled; null when it asks for something that is no longer there (a custom field that was
 * removed): what depends on it then decides for nobody, and everything else goes on.
 */
export function compileStored(catalogue: FieldCatalogue, condition: Condition | null): CompiledCondition | null {
  const verdict = validateCondition(condition, catalogue)
  return verdict.ok ? verdict.condition : null
}
