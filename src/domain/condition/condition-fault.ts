// Everything wrong with a condition is told at once, each fault with a pointer to its place (RFC 6901).

export type ConditionFaultCode =
  | 'invalid_type'
  | 'required'
  | 'unknown_field'
  | 'unknown_condition_field'
  | 'unknown_operator'
  | 'operator_not_allowed'
  | 'not_allowed_here'
  | 'invalid_value'
  | 'too_few'
  | 'too_many'

export interface ConditionFault {
  code: ConditionFaultCode
  detail: string
  pointer: string
}

/** Most faults told of one condition: more help nobody, and a hostile one could hold a quarter of a million. */
export const MAX_FAULTS = 100

/** Notes one fault, unless there are enough already. */
export function addFault(faults: ConditionFault[], code: ConditionFaultCode, pointer: string, detail: string): void {
  if (faults.length < MAX_FAULTS) faults.push({ code, detail, pointer })
}

/** The members of a JSON object, or null and a fault; a member that is not `known` is a fault (null knows all names). */
export function readMembers(
  raw: unknown,
  pointer: string,
  known: readonly string[] | null,
  faults: ConditionFault[],
): Readonly<Record<string, unknown>> | null {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    addFault(faults, 'invalid_type', pointer, 'Must be an object.')
    return null
  }
  for (const name of Object.keys(raw)) {
    if (known && !known.includes(name)) addFault(faults, 'unknown_field', pointerTo(pointer, name), 'Unknown property.')
  }
  return raw as Record<string, unknown> // an object that is no array: its members can be anything
}

/** A JSON array of `min` to `max` items, or null and a fault. */
export function readItems(
  raw: unknown,
  pointer: string,
  { min, max }: { min: number; max: number },
  faults: ConditionFault[],
): readonly unknown[] | null {
  if (raw === undefined) {
    addFault(faults, 'required', pointer, 'Is required.')
  } else if (!Array.isArray(raw)) {
    addFault(faults, 'invalid_type', pointer, 'Must be an array.')
  } else if (raw.length > max) {
    addFault(faults, 'too_many', pointer, `Must have at most ${max} items, has ${raw.length}.`)
  } else if (raw.length < min) {
    addFault(faults, 'too_few', pointer, `Must have at least ${min} item.`)
  } else {
    return raw
  }
  return null
}

/** Pointer to a member of the place that `pointer` points to. */
export function pointerTo(pointer: string, name: string): string {
  return `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}
