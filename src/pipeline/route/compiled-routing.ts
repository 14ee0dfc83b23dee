/** Rules made ready, once for each published version and catalogue of fields. */
import type { CompiledCondition } from '../../domain/condition/compiled-condition.ts'
import type { FieldCatalogue } from '../../domain/condition/field-catalogue.ts'
import { validateCondition } from '../../domain/condition/validate-condition.ts'
import type { CompiledRule } from '../../domain/routing/route-lead.ts'
import { QUALIFIED_STAGES, type RoutingDefinition, type RoutingTarget } from '../../domain/routing/routing-policy.ts'
import type { Crew } from '../../domain/routing/routing-world.ts'
import { type CompiledTerritory, compileTerritories, withTerritories } from '../../domain/routing/territory.ts'
import { decodeTypeId } from '../../domain/type-id.ts'

export interface CompiledRouting {
  /** Which leads are routed; `qualified` leaves it to the stage, null is a condition that holds for nobody any more. */
  readonly entry: CompiledCondition | 'qualified' | null
  readonly rules: readonly CompiledRule[]
  readonly defaultTarget: RoutingTarget
  readonly worthField: string | null
  /** Whether anything asks who owns the company of a lead. */
  readonly asksAccountOwner: boolean
}

const kept = new WeakMap<RoutingDefinition, WeakMap<object, CompiledRouting>>()

/** The rules of a definition. A condition that names what is no field any more holds for nobody. */
export function compileRouting(definition: RoutingDefinition, catalogue: FieldCatalogue): CompiledRouting {
  const byCatalogue = kept.get(definition) ?? new WeakMap<object, CompiledRouting>()
  kept.set(definition, byCatalogue)
  const known = byCatalogue.get(catalogue)
  if (known !== undefined) return known
  const fields = withTerritories(catalogue)
  const read = (condition: unknown): CompiledCondition | null => {
    const verdict = validateCondition(condition, fields)
    return verdict.ok ? verdict.condition : null
  }
  const compiled: CompiledRouting = {
    entry: definition.when === null ? 'qualified' : read(definition.when),
    rules: definition.rules.map((rule) => ({ ...rule, when: read(rule.when), target: decodeTarget(rule.target) })),
    defaultTarget: decodeTarget(definition.default_target),
    worthField: definition.worth_field,
    asksAccountOwner: [...definition.rules.map(({ target }) => target), definition.default_target].some(
      ({ kind }) => kind === 'account_owner',
    ),
  }
  byCatalogue.set(catalogue, compiled)
  return compiled
}

/** Definitions hold ids as they were written; decisions want uuids. */
function decodeTarget(target: RoutingTarget): RoutingTarget {
  return { ...target, user_id: target.user_id === null ? null : (decodeTypeId('user', target.user_id) ?? null) }
}

/** Whether a lead in this stage is routed when the policy leaves it to the stage. */
export const isQualified = (stage: string, hasLifecycle: boolean): boolean =>
  !hasLifecycle || QUALIFIED_STAGES.includes(stage)

const keptTerritories = new WeakMap<Crew, WeakMap<object, CompiledTerritory[]>>()

/** The territories of a crew. */
export function territoriesOfCrew(crew: Crew, catalogue: FieldCatalogue): CompiledTerritory[] {
  const byCatalogue = keptTerritories.get(crew) ?? new WeakMap<object, CompiledTerritory[]>()
  keptTerritories.set(crew, byCatalogue)
  const known = byCatalogue.get(catalogue)
  if (known !== undefined) return known
  const compiled = compileTerritories(crew.territories, catalogue)
  byCatalogue.set(catalogue, compiled)
  return compiled
}
