// A value of a custom field in its one stored form: text, number, boolean, `2024-05-01`, `2024-05-01T10:00:00.000Z`, an
// option, or a list of options. Blank (null, an empty text, an empty list) is no value. Strict for programs, which can
// mend what they send; lenient for forms, which send text, but never guessing: 1,000 is one or a thousand.
import { formatMoment, parseSpan } from './condition/moment.ts'
import { type CustomField, MAX_OPTIONS, MAX_TEXT_LENGTH, MAX_UNKNOWN_BYTES, MAX_UNKNOWN_DEPTH } from './custom-field.ts'

export type ValueVerdict = { ok: true; value: unknown } | { ok: false; code: string; detail: string }

const taken = (value: unknown): ValueVerdict => ({ ok: true, value })
const refused = (code: string, detail: string): ValueVerdict => ({ ok: false, code, detail })
const BLANK = taken(null)

/** The stored form of a value that a program sent, null for a blank, or why it is none. */
export function readCustomValue(field: CustomField, raw: unknown): ValueVerdict {
  if (raw === null || raw === '') return BLANK
  switch (field.type) {
    case 'integer':
      return Number.isSafeInteger(raw) ? taken(raw) : refused('invalid_type', 'Must be a whole number within 2^53.')
    case 'number':
      return Number.isFinite(raw) ? taken(raw) : refused('invalid_type', 'Must be a number.')
    case 'boolean':
      return typeof raw === 'boolean' ? taken(raw) : refused('invalid_type', 'Must be true or false.')
    case 'options':
      return Array.isArray(raw) ? readOptions(field, raw) : refused('invalid_type', 'Must be a list of options.')
    default:
      return typeof raw === 'string' ? readText(field, raw) : refused('invalid_type', 'Must be a text.')
  }
}

function readText(field: CustomField, text: string): ValueVerdict {
  switch (field.type) {
    case 'date':
      return readMoment(text, 'date', 'Must be a day as YYYY-MM-DD.')
    case 'timestamp':
      return readMoment(text, 'timestamp', 'Must be a moment such as 2026-05-01T10:00:00Z.')
    case 'option':
      return readOption(field, text)
    default:
      return isLongerThan(text, MAX_TEXT_LENGTH)
        ? refused('too_long', `Must have at most ${MAX_TEXT_LENGTH} characters.`)
        : taken(text)
  }
}

function readMoment(text: string, type: 'date' | 'timestamp', expected: string): ValueVerdict {
  const span = parseSpan(text, type)
  // A bare day is a span of a timestamp's language but no moment.
  const isWhole = span !== undefined && (type === 'date' || text.length > 10)
  return isWhole ? taken(formatMoment(span.start, type)) : refused('invalid_format', expected)
}

function readOption(field: CustomField, text: string): ValueVerdict {
  return field.options.some((option) => option.value === text)
    ? taken(text)
    : refused('unknown_option', `Must be one of the options of ${field.key}.`)
}

function readOptions(field: CustomField, raw: unknown[]): ValueVerdict {
  if (raw.length > MAX_OPTIONS) return refused('too_many_items', `Must have at most ${MAX_OPTIONS} options.`)
  const known = new Set<unknown>(field.options.map((option) => option.value))
  if (raw.every((item) => known.has(item))) return raw.length === 0 ? BLANK : taken([...new Set(raw)])
  return refused('unknown_option', `Each must be one of the options of ${field.key}.`)
}

const TRUE = new Set(['true', 'on', 'yes', '1'])
const FALSE = new Set(['false', 'off', 'no', '0'])
const INTEGER = /^[+-]?\d{1,16}$/
const NUMBER = /^[+-]?\d{1,15}(\.\d{1,15})?$/
/** Every decimal of so many digits has a double of its own (IEEE 754), so nothing changes silently. */
const EXACT_DIGITS = 15

/** The stored form of what a form sent, null for a blank, or why it has none. */
export function coerceCustomValue(field: CustomField, raw: unknown): ValueVerdict {
  const value = typeof raw === 'string' ? raw.trim() : raw
  if (Array.isArray(value) && field.type !== 'options') return coerceList(field, value)
  switch (field.type) {
    case 'integer':
      return readCustomValue(field, typeof value === 'string' && INTEGER.test(value) ? Number(value) : value)
    case 'number':
      return readCustomValue(field, typeof value === 'string' && isExactNumber(value) ? Number(value) : value)
    case 'boolean':
      return readCustomValue(field, coerceBoolean(value))
    case 'option':
      return readCustomValue(field, optionOf(field, value))
    case 'options':
      return readCustomValue(
        field,
        value === null || value === '' ? null : [value].flat().map((v) => optionOf(field, v)),
      )
    default:
      return readCustomValue(field, typeof value === 'number' || typeof value === 'boolean' ? String(value) : value)
  }
}

const isExactNumber = (text: string) => NUMBER.test(text) && text.replace(/\D/g, '').length <= EXACT_DIGITS

/** Several values under one name (check boxes) read as a list in one line where the field is text. */
function coerceList(field: CustomField, values: unknown[]): ValueVerdict {
  if (values.length === 1) return coerceCustomValue(field, values[0])
  if (field.type !== 'text' || values.some((value) => typeof value === 'object'))
    return refused('invalid_type', 'Must be a single value.')
  return readCustomValue(field, values.join(', '))
}

function coerceBoolean(value: unknown): unknown {
  // Nothing else is a word, and an object may have a `toString` of its own that is no function.
  if (typeof value !== 'string' && typeof value !== 'number') return value
  const word = String(value).toLowerCase()
  return TRUE.has(word) || (FALSE.has(word) ? false : value)
}

/** The option that is meant by its value, else by its label; people and page builders differ in case. */
function optionOf(field: CustomField, value: unknown): unknown {
  if (typeof value !== 'string' || field.options.some((option) => option.value === value)) return value
  const wanted = value.trim().toLowerCase()
  const meant = field.options.filter(
    (option) => option.value.toLowerCase() === wanted || option.label.toLowerCase() === wanted,
  )
  return meant.length === 1 ? meant[0]?.value : value
}

/** A value under a key that nobody has defined, which may be all of JSON within bounds. */
export function readUnknownValue(raw: unknown): ValueVerdict {
  if (raw === null || raw === '') return BLANK
  if (depthOf(raw) > MAX_UNKNOWN_DEPTH) return refused('too_deep', `Must have at most ${MAX_UNKNOWN_DEPTH} levels.`)
  return Buffer.byteLength(JSON.stringify(raw)) > MAX_UNKNOWN_BYTES
    ? refused('too_long', `Must have at most ${MAX_UNKNOWN_BYTES} bytes as JSON; define the field for more.`)
    : taken(raw)
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Object.values(value).reduce<number>((deepest, part) => Math.max(deepest, depthOf(part)), 0)
}

function isLongerThan(text: string, limit: number): boolean {
  return text.length > limit && (text.length > 2 * limit || [...text].length > limit)
}
