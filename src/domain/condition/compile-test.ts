// From operator and value texts to the test that the evaluators run. A negative operator has the test of its positive
// twin; eq, in and (on a list) contains are one test.
import type { CompiledTest } from './compiled-condition.ts'
import { addFault, type ConditionFault, readItems } from './condition-fault.ts'
import { type ConditionOperator, MAX_VALUES } from './condition-shape.ts'
import type { FieldDefinition } from './field-catalogue.ts'
import { foldText } from './fold-text.ts'
import { formatMoment, type MomentType, parseSpan } from './moment.ts'
import { DAYS_EXPECTED, describeExpected, findTextFault, parseDays, parseMember, parseValue } from './parse-value.ts'

const POSITIVE_OF: Partial<Record<ConditionOperator, ConditionOperator>> = {
  neq: 'eq',
  not_in: 'in',
  not_contains: 'contains',
  is_not_set: 'is_set',
  did_not: 'did',
}

/** Whether the operator is the complement of another. */
export function isNegative(op: ConditionOperator): boolean {
  return op in POSITIVE_OF
}

/** The values of a term (null when absent), the term's place, and where faults go. */
export interface TermValues {
  readonly value: unknown
  readonly values: unknown
  readonly pointer: string
  readonly faults: ConditionFault[]
}

/** The test of a term about a field, or null after noting what is wrong with its values. */
export function compileTest(field: FieldDefinition, op: ConditionOperator, given: TermValues): CompiledTest | null {
  const positive = POSITIVE_OF[op] ?? op
  const takes = positive === 'is_set' ? 'neither' : positive === 'in' ? 'values' : 'value'
  if (!hasOnly(takes, op, given)) return null
  if (takes === 'neither') return { kind: 'is_set' }
  if (takes === 'values') return compileList(field, given)
  const expected = positive.endsWith('_days') ? DAYS_EXPECTED : describeExpected(field)
  return readValue(given.value, `${given.pointer}/value`, given.faults, expected, (text) =>
    compileValue(field, positive, text),
  )
}

/** False after noting each of value and values that the operator needs but lacks, or has but does not take. */
function hasOnly(takes: 'value' | 'values' | 'neither', op: ConditionOperator, given: TermValues): boolean {
  const wrong = (['value', 'values'] as const).filter((name) => (given[name] === null) === (name === takes))
  for (const name of wrong) {
    const [code, verb] = name === takes ? (['required', 'needs'] as const) : (['not_allowed_here', 'takes no'] as const)
    addFault(given.faults, code, `${given.pointer}/${name}`, `"${op}" ${verb} "${name}".`)
  }
  return wrong.length === 0
}

function compileList(field: FieldDefinition, { values, pointer, faults }: TermValues): CompiledTest | null {
  const items = readItems(values, `${pointer}/values`, { min: 1, max: MAX_VALUES }, faults)
  if (!items) return null
  const members = new Set<string | number | boolean>()
  const expected = describeExpected(field)
  const before = faults.length
  for (const [i, item] of items.entries()) {
    const member = readValue(item, `${pointer}/values/${i}`, faults, expected, (text) => parseMember(text, field))
    if (member !== null) members.add(member)
  }
  return faults.length === before ? { kind: 'any_of', values: members } : null
}

function compileValue(field: FieldDefinition, op: ConditionOperator, text: string): CompiledTest | undefined {
  if (field.type === 'timestamp' || field.type === 'date') return compileMoment(field.type, op, text)
  if (op === 'starts_with' || (op === 'contains' && field.type === 'text')) return { kind: op, text: foldText(text) }
  if (op === 'lt' || op === 'lte' || op === 'gt' || op === 'gte') {
    const value = parseValue(text, field)
    if (typeof value === 'number') return { kind: 'number_order', comparison: op, number: value }
    return typeof value === 'string' ? { kind: 'text_order', comparison: op, text: value } : undefined
  }
  const member = parseMember(text, field)
  return member === undefined ? undefined : { kind: 'any_of', values: new Set([member]) }
}

function compileMoment(type: MomentType, op: ConditionOperator, text: string): CompiledTest | undefined {
  if (op === 'within_days' || op === 'older_than_days') {
    const days = parseDays(text)
    return days === undefined ? undefined : { kind: op, days, type }
  }
  const span = parseSpan(text, type)
  if (!span) return undefined
  const start = formatMoment(span.start, type)
  const end = formatMoment(span.end, type)
  if (op === 'lt') return { kind: 'between', from: null, to: start }
  if (op === 'lte') return { kind: 'between', from: null, to: end }
  if (op === 'gt') return { kind: 'between', from: end, to: null }
  if (op === 'gte') return { kind: 'between', from: start, to: null }
  return { kind: 'between', from: start, to: end }
}

/** What `parse` makes of a text, or null after noting why it is nothing. */
function readValue<T>(
  raw: unknown,
  pointer: string,
  faults: ConditionFault[],
  expected: string,
  parse: (text: string) => T | undefined,
): T | null {
  const textFault = findTextFault(raw)
  const value = textFault === null ? parse(raw as string) : undefined // findTextFault refuses what is no string
  if (value === undefined) addFault(faults, 'invalid_value', pointer, textFault ?? expected)
  return value ?? null
}
