// A condition is checked when it is saved or asked, against the catalogue of its workspace: every fault is told at
// once, with its place. What passes is compiled, and then no evaluation can fail.
import { compileBehaviour } from './compile-behaviour.ts'
import { compileTest, isNegative } from './compile-test.ts'
import { type CompiledCondition, type CompiledTerm, MATCHES_ALL } from './compiled-condition.ts'
import { addFault, type ConditionFault, MAX_FAULTS, readItems, readMembers } from './condition-fault.ts'
import { CONDITION_OPERATORS, type ConditionOperator, MAX_GROUPS, MAX_TERMS } from './condition-shape.ts'
import { BEHAVIOUR_FIELD, type FieldCatalogue, type FieldDefinition, OPERATORS_OF_TYPE } from './field-catalogue.ts'
import { suggestName } from './suggest-name.ts'

export type ConditionVerdict =
  | { readonly ok: true; readonly condition: CompiledCondition }
  | { readonly ok: false; readonly faults: ConditionFault[] }

/**
 * Checks and compiles a condition of any origin; `null` and `undefined` are the condition that matches all.
 * `pointer` is the place of the condition in the request body, e.g. `/filter`.
 */
export function validateCondition(raw: unknown, catalogue: FieldCatalogue, pointer = ''): ConditionVerdict {
  if (raw === null || raw === undefined) return { ok: true, condition: MATCHES_ALL }
  const faults: ConditionFault[] = []
  const members = readMembers(raw, pointer, ['any'], faults)
  const any = members && readItems(members['any'], `${pointer}/any`, { min: 1, max: MAX_GROUPS }, faults)
  const groups = any?.map((group, i) => compileGroup(group, `${pointer}/any/${i}`, catalogue, faults)) ?? []
  return faults.length > 0 ? { ok: false, faults } : { ok: true, condition: { groups } }
}

function compileGroup(
  raw: unknown,
  pointer: string,
  catalogue: FieldCatalogue,
  faults: ConditionFault[],
): CompiledTerm[] {
  const members = readMembers(raw, pointer, ['all'], faults)
  const all = members && readItems(members['all'], `${pointer}/all`, { min: 0, max: MAX_TERMS }, faults)
  const terms = all?.map((term, i) => compileTerm(term, `${pointer}/all/${i}`, catalogue, faults)) ?? []
  return terms.filter((term) => term !== null)
}

function compileTerm(
  raw: unknown,
  pointer: string,
  catalogue: FieldCatalogue,
  faults: ConditionFault[],
): CompiledTerm | null {
  const members = readMembers(raw, pointer, ['field', 'op', 'value', 'values', 'behaviour'], faults)
  if (!members) return null
  // On the wire null is absent (api.md 1.1, rule 10).
  const { field: name = null, op: opName = null, value = null, values = null, behaviour = null } = members
  const op = readOperator(opName, `${pointer}/op`, faults)
  if (op === 'did' || op === 'did_not') {
    refuse({ field: name, value, values }, op, pointer, faults)
    return compileBehaviourTerm(behaviour, op, pointer, catalogue, faults)
  }
  const field = readField(name, `${pointer}/field`, catalogue, faults)
  if (!op) return null
  refuse({ behaviour }, op, pointer, faults)
  if (!field || !isAllowed(field, op, `${pointer}/op`, faults)) return null
  const test = compileTest(field, op, { value, values, pointer, faults })
  return test && { field, op, test, negated: isNegative(op) }
}

function compileBehaviourTerm(
  raw: unknown,
  op: ConditionOperator,
  pointer: string,
  catalogue: FieldCatalogue,
  faults: ConditionFault[],
): CompiledTerm | null {
  const field = catalogue.get(BEHAVIOUR_FIELD.name)
  if (!field) {
    addFault(faults, 'operator_not_allowed', `${pointer}/op`, 'Behaviour cannot be asked about here.')
    return null
  }
  if (raw === null) {
    addFault(faults, 'required', `${pointer}/behaviour`, `"${op}" needs "behaviour".`)
    return null
  }
  const behaviour = compileBehaviour(raw, `${pointer}/behaviour`, faults)
  return behaviour && { field, op, test: { kind: 'did', behaviour }, negated: isNegative(op) }
}

function readOperator(raw: unknown, pointer: string, faults: ConditionFault[]): ConditionOperator | undefined {
  const op = CONDITION_OPERATORS.find((known) => known === raw)
  if (raw === null) addFault(faults, 'required', pointer, 'Is required.')
  else if (!op) addFault(faults, 'unknown_operator', pointer, `Must be one of: ${CONDITION_OPERATORS.join(', ')}.`)
  return op
}

function readField(
  raw: unknown,
  pointer: string,
  catalogue: FieldCatalogue,
  faults: ConditionFault[],
): FieldDefinition | undefined {
  if (typeof raw !== 'string') {
    addFault(faults, raw === null ? 'required' : 'invalid_type', pointer, 'Must be the name of a field.')
    return undefined
  }
  const field = catalogue.get(raw)
  if (!field) {
    // The search reads the whole catalogue: not for faults that nobody is told.
    const meant = faults.length < MAX_FAULTS ? suggestName(raw, catalogue.keys()) : undefined
    const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`
    addFault(faults, 'unknown_condition_field', pointer, `No such field.${hint}`)
  }
  return field
}

function isAllowed(field: FieldDefinition, op: ConditionOperator, pointer: string, faults: ConditionFault[]): boolean {
  const allowed = OPERATORS_OF_TYPE[field.type]
  if (allowed.includes(op)) return true
  const detail = `"${field.name}" is of type ${field.type} and takes: ${allowed.join(', ')}.`
  addFault(faults, 'operator_not_allowed', pointer, detail)
  return false
}

/** Notes each member that is present but not for this operator. */
function refuse(members: Record<string, unknown>, op: string, pointer: string, faults: ConditionFault[]): void {
  for (const [name, value] of Object.entries(members)) {
    if (value !== null) addFault(faults, 'not_allowed_here', `${pointer}/${name}`, `"${op}" takes no "${name}".`)
  }
}
