// A territory is a named question about leads: a condition, and ranges of postal codes. Rules may ask in which territories
// a lead lies (`territories`), and sellers serve some of them.
import type { CompiledCondition } from '../condition/compiled-condition.ts'
import type { ConditionFacts } from '../condition/condition-facts.ts'
import { matchesCondition } from '../condition/evaluate-condition.ts'
import { BEHAVIOUR_FIELD, type FieldCatalogue, type FieldDefinition } from '../condition/field-catalogue.ts'
import { validateCondition } from '../condition/validate-condition.ts'
import type { LeadFacts } from '../lead.ts'
import { isInRange } from './postcode.ts'
import type { Territory } from './team-document.ts'

/** The field that only routing knows. */
const TERRITORY_FIELD: FieldDefinition = {
  name: 'territories',
  type: 'text_list',
  source: { kind: 'territory', name: 'territories' },
}

/** A territory as a question about leads. */
export interface CompiledTerritory {
  readonly territory: Territory
  /** Null: it names what is no field any more, so that no lead lies in it. */
  readonly condition: CompiledCondition | null
}

/** Territories made ready against the fields of the workspace. */
export function compileTerritories(territories: readonly Territory[], catalogue: FieldCatalogue): CompiledTerritory[] {
  return territories.map((territory) => {
    const verdict = validateCondition(territory.condition, withoutBehaviour(catalogue))
    return { territory, condition: verdict.ok ? verdict.condition : null }
  })
}

/** The keys of the territories in which a lead lies. */
export function territoriesOf(
  compiled: readonly CompiledTerritory[],
  lead: LeadFacts,
  facts: ConditionFacts,
  now: Date,
): string[] {
  return compiled
    .filter(({ territory: { postcode_ranges }, condition }) => {
      if (condition === null || !matchesCondition(condition, facts, now)) return false
      return postcode_ranges.length === 0 || postcode_ranges.some((range) => isInRange(lead, range))
    })
    .map(({ territory }) => territory.key)
}

/** A territory is where and what a lead is, not what it did. */
export function withoutBehaviour(catalogue: FieldCatalogue): FieldCatalogue {
  const get = (name: string) => (name === BEHAVIOUR_FIELD.name ? undefined : catalogue.get(name))
  return { get, keys: () => catalogue.keys(), values: () => catalogue.values() }
}

/** A catalogue that also knows `territories`. */
export function withTerritories(catalogue: FieldCatalogue): FieldCatalogue {
  const listed = new Map([...catalogue.values(), TERRITORY_FIELD].map((field) => [field.name, field]))
  // A catalogue may know fields that it does not list.
  return {
    get: (name) => listed.get(name) ?? catalogue.get(name),
    keys: () => listed.keys(),
    values: () => listed.values(),
  }
}

/** Facts that also tell the territories. */
export function factsInTerritories(facts: ConditionFacts, territories: readonly string[]): ConditionFacts {
  return {
    ...facts,
    read: (field, now) => (field.source.kind === TERRITORY_FIELD.source.kind ? territories : facts.read(field, now)),
  }
}
