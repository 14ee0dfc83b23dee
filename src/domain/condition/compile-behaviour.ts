// A behaviour term asks whether an event happened often and recently enough: "did X at least n times within d days".
import type { CompiledBehaviour } from './compiled-condition.ts'
import { addFault, type ConditionFault, pointerTo, readMembers } from './condition-fault.ts'
import { MAX_COUNT, MAX_DAYS, MAX_PROPERTIES } from './condition-shape.ts'
import { foldText } from './fold-text.ts'
import { findTextFault } from './parse-value.ts'

/** The behaviour that a term asks about, or null after noting what is wrong with it. */
export function compileBehaviour(raw: unknown, pointer: string, faults: ConditionFault[]): CompiledBehaviour | null {
  const before = faults.length
  const members = readMembers(raw, pointer, ['event', 'min_count', 'within_days', 'properties'], faults)
  if (!members) return null
  const event = readText(members['event'], pointerTo(pointer, 'event'), faults)
  const minCount = readInteger(
    members['min_count'],
    pointerTo(pointer, 'min_count'),
    { min: 1, max: MAX_COUNT },
    faults,
  )
  const withinDays = readInteger(
    members['within_days'],
    pointerTo(pointer, 'within_days'),
    { min: 0, max: MAX_DAYS },
    faults,
  )
  const properties = readProperties(members['properties'], pointerTo(pointer, 'properties'), faults)
  return faults.length === before ? { event, minCount: minCount ?? 1, withinDays, properties } : null
}

function readProperties(raw: unknown, pointer: string, faults: ConditionFault[]): [string, string][] {
  if (raw === undefined || raw === null) return []
  const members = readMembers(raw, pointer, null, faults)
  const entries = Object.entries(members ?? {})
  if (entries.length > MAX_PROPERTIES) {
    addFault(faults, 'too_many', pointer, `Must have at most ${MAX_PROPERTIES} members, has ${entries.length}.`)
    return []
  }
  return entries.map(([name, value]) => {
    const at = pointerTo(pointer, name)
    const nameFault = findTextFault(name)
    if (nameFault !== null) addFault(faults, 'invalid_value', at, `Name: ${nameFault}`)
    return [name, foldText(readText(value, at, faults))]
  })
}

function readText(raw: unknown, pointer: string, faults: ConditionFault[]): string {
  const fault = raw === undefined ? 'Is required.' : findTextFault(raw)
  if (fault === null) return raw as string // findTextFault refuses what is no string
  addFault(faults, raw === undefined ? 'required' : 'invalid_value', pointer, fault)
  return ''
}

function readInteger(
  raw: unknown,
  pointer: string,
  { min, max }: { min: number; max: number },
  faults: ConditionFault[],
): number | null {
  if (raw === undefined || raw === null) return null
  if (typeof raw === 'number' && Number.isInteger(raw) && raw >= min && raw <= max) return raw
  addFault(faults, 'invalid_value', pointer, `Must be a whole number from ${min} to ${max}.`)
  return null
}
