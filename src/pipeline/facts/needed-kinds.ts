/** Which families of fields the published policies of a workspace ask about: the others need not be loaded. */
import type { FieldCatalogue, FieldSource } from '../../domain/condition/field-catalogue.ts'
import { POLICY_KINDS, type PolicyKind } from '../../domain/policy.ts'
import type { PolicyBook } from '../../policies/published-policies.ts'

/** Source kinds of the fields that these policies name anywhere in their definitions. */
export function neededKinds(
  policies: PolicyBook,
  catalogue: FieldCatalogue,
  /** Further definitions that will decide: versions that somebody is still on. */
  also: readonly object[] = [],
): Set<string> {
  const kinds = new Set<string>()
  for (const { kind } of sourcesIn([...definitionsOf(policies, POLICY_KINDS), ...also], catalogue)) kinds.add(kind)
  return kinds
}

/** What the policies of some kinds ask about: columns of leads one by one, everything else by the kind of its source. */
export function askedSources(
  policies: PolicyBook,
  catalogue: FieldCatalogue,
  kinds: readonly PolicyKind[],
): Set<string> {
  const sources = new Set<string>()
  for (const { kind, name } of sourcesIn(definitionsOf(policies, kinds), catalogue)) {
    sources.add(kind === 'column' ? columnSource(name) : kind)
  }
  return sources
}

/** Whether any published policy asks about a field of one of these names. */
export function asksAbout(policies: PolicyBook, names: ReadonlySet<string>): boolean {
  return definitionsOf(policies, POLICY_KINDS).some((definition) =>
    [...fieldNamesIn(definition)].some((name) => names.has(name)),
  )
}

/** A column of leads among these sources. */
export const columnSource = (name: string) => `column/${name}`

const definitionsOf = (policies: PolicyBook, kinds: readonly PolicyKind[]) =>
  kinds.flatMap((kind) => policies.of(kind).map(({ definition }) => definition))

function* sourcesIn(definitions: readonly object[], catalogue: FieldCatalogue): Generator<FieldSource> {
  for (const definition of definitions) {
    for (const name of fieldNamesIn(definition)) {
      const field = catalogue.get(name)
      if (field !== undefined) yield field.source
    }
  }
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
