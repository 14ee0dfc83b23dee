/** Which families of fields the published policies of a workspace ask about: the others need not be loaded. */
import type { FieldCatalogue } from '../../domain/condition/field-catalogue.ts'
import { POLICY_KINDS } from '../../domain/policy.ts'
import type { PolicyBook } from '../../policies/published-policies.ts'

/** Source kinds of the fields that these policies name anywhere in their definitions. */
export function neededKinds(
  policies: PolicyBook,
  catalogue: FieldCatalogue,
  /** Further definitions that will decide: versions that somebody is still on. */
  also: readonly object[] = [],
): Set<string> {
  const kinds = new Set<string>()
  const published = POLICY_KINDS.flatMap((kind) => policies.of(kind).map(({ definition }) => definition))
  for (const definition of [...published, ...also]) {
    for (const name of fieldNamesIn(definition)) {
      const field = catalogue.get(name)
      if (field !== undefined) kinds.add(field.source.kind)
    }
  }
  return kinds
}

const known = new WeakMap<object, ReadonlySet<string>>()

/** Every text under `field` in a definition; kept with it, for a published definition never changes. */
function fieldNamesIn(definition: object): ReadonlySet<string> {
  const seen = known.get(definition)
  if (seen !== undefined) return seen
  const names = new Set<string>()
  collect(definition, names)
  known.set(definition, names)
  return names
}

function collect(value: unknown, names: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  for (const [member, part] of Object.entries(value)) {
    if (member === 'field' && typeof part === 'string') names.add(part)
    else if (member === 'segment_key' && typeof part === 'string') names.add('segments')
    else collect(part, names)
  }
}
