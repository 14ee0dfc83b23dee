// The value of a condition is text; the type of the field says how to read it. Reading is strict: what could be read in
// two ways is refused, not guessed.
import { decodeTypeId } from '../type-id.ts'
import { MAX_DAYS, MAX_VALUE_LENGTH } from './condition-shape.ts'
import type { FieldDefinition, FieldType } from './field-catalogue.ts'
import { foldText } from './fold-text.ts'

const INTEGER = /^-?(?:0|[1-9][0-9]{0,15})$/
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?:[eE][+-]?[0-9]+)?$/
const DAYS = /^[0-9]{1,5}$/
// With the `u` flag a surrogate pair is one character, so only half a pair has the category Surrogate.
const UNSTORABLE = /\p{Surrogate}|\u0000/u
/** Members of an enum that a fault names; more would not be read. */
const MAX_NAMED = 20

const EXPECTED: Readonly<Record<FieldType, string>> = {
  text: 'Must be text.',
  text_list: 'Must be text.',
  integer: 'Must be a whole number within 2^53, such as "60".',
  number: 'Must be a number, such as "12.5".',
  boolean: 'Must be "true" or "false".',
  timestamp: 'Must be a moment or a day of the years 1 to 9998, such as "2026-05-01T10:00:00Z" or "2026-05-01".',
  date: 'Must be a day of the years 1 to 9998, such as "2026-05-01".',
  id: 'Must be an id of the kind that the field refers to.',
  behaviour: 'Must not be given.',
}

/** What a count of days must look like. */
export const DAYS_EXPECTED = `Must be a whole number of days from 0 to ${MAX_DAYS}, such as "30".`

/** What a value of this field must look like, as a sentence. */
export function describeExpected(field: FieldDefinition): string {
  if (!field.enum) return EXPECTED[field.type]
  const named = [...field.enum].slice(0, MAX_NAMED).join(', ')
  return `Must be one of: ${named}${field.enum.size > MAX_NAMED ? ', …' : ''}.`
}

/** Why this cannot be compared with anything: no text, empty, too long, or nothing that PostgreSQL can hold; or null. */
export function findTextFault(raw: unknown): string | null {
  if (typeof raw !== 'string') return 'Must be a string.'
  if (raw === '') return 'Must not be empty; is_not_set finds blank values.'
  if (raw.length > MAX_VALUE_LENGTH) return `Must have at most ${MAX_VALUE_LENGTH} characters.`
  return UNSTORABLE.test(raw) ? 'Must not hold a NUL character or half a surrogate pair.' : null
}

/** The value that text means for a field (not a moment: those are spans), folded; undefined when it means none. */
export function parseValue(text: string, field: FieldDefinition): string | number | boolean | undefined {
  switch (field.type) {
    case 'integer':
      return parseNumber(text, INTEGER, Number.isSafeInteger)
    case 'number':
      return parseNumber(text, NUMBER, Number.isFinite)
    case 'boolean':
      return text === 'true' || (text === 'false' ? false : undefined)
    case 'id':
      return decodeTypeId(field.idKind, text)
    default:
      return foldText(text)
  }
}

/** Like parseValue, and one of the field's enum where it has one. */
export function parseMember(text: string, field: FieldDefinition): string | number | boolean | undefined {
  const value = parseValue(text, field)
  return field.enum && !field.enum.has(String(value)) ? undefined : value
}

function parseNumber(text: string, pattern: RegExp, isAllowed: (value: number) => boolean): number | undefined {
  const value = Number(text)
  // Plus zero turns minus zero into zero: SQL has only one.
  return pattern.test(text) && isAllowed(value) ? value + 0 : undefined
}

/** Whole days of within_days and older_than_days, or undefined. */
export function parseDays(text: string): number | undefined {
  return DAYS.test(text) && Number(text) <= MAX_DAYS ? Number(text) : undefined
}
