// One pass over JSON text, before anything is built from it, for the rules that JSON.parse does not know. It does not
// judge the grammar: JSON.parse does that afterwards. On text that is not JSON it finds some fault or none, in linear
// time and without throwing. No recursion; memory is bounded by the limits.

import { type BodyFault, type BodyFaultCode, makeBodyFault } from './body-fault.ts'
import { findTextFaultCode } from './check-text.ts'
import { isExactNumber } from './exact-number.ts'
import type { JsonLimits } from './json-limits.ts'
import { makePointer } from './json-pointer.ts'
import { isForbiddenKey, isKeyTooLong } from './key-rules.ts'

type ObjectFrame = {
  kind: 'object'
  /** The names so far. */
  names: string[] | Set<string>
  /** The latest name. */
  name: string
  /** Whether the next string is a name. */
  expectsName: boolean
}
type ArrayFrame = { kind: 'array'; index: number }
type Scan = {
  text: string
  at: number
  limits: JsonLimits
  /** The objects and arrays that are open, outermost first, each with the member or element reached. */
  frames: (ObjectFrame | ArrayFrame)[]
  keys: number
  elements: number
  /** Where the next backslash is, or the end: most texts have few, so one search serves many strings. */
  nextBackslash: number
}

// Up to here comparing names one by one is cheaper than filling a Set (measured: a third of the scan of a usual lead).
const fewNames = 16

const space = 0x20
const quote = 0x22
const comma = 0x2c
const minus = 0x2d
const digitZero = 0x30
const digitNine = 0x39
const colon = 0x3a
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/**
 * The first fault of the text against the limits and the storage rules, or `null`. The text holds no raw U+0000 and no
 * raw lone surrogate; only escapes can still make them.
 */
export function findJsonFault(text: string, limits: JsonLimits): BodyFault | null {
  const scan: Scan = { text, at: 0, limits, frames: [], keys: 0, elements: 0, nextBackslash: -1 }
  while (scan.at < text.length) {
    const fault = readToken(scan)
    if (fault) return fault
  }
  return null
}

function readToken(scan: Scan): BodyFault | null {
  const code = scan.text.charCodeAt(scan.at)
  const frame = scan.frames.at(-1)
  if (code <= space || code === colon) {
    scan.at++
    return null
  }
  if (code === comma) {
    if (frame?.kind === 'object') frame.expectsName = true
    scan.at++
    return null
  }
  if (code === closeBrace || code === closeBracket) {
    scan.frames.pop()
    scan.at++
    return null
  }
  if (frame?.kind === 'array') {
    frame.index++
    const limit = scan.limits.elements
    if (++scan.elements > limit) return makeBodyFault('too_many_elements', null, limit)
  }
  if (code === quote) return frame?.kind === 'object' && frame.expectsName ? readName(scan, frame) : readString(scan)
  if (code === openBrace) return openFrame(scan, { kind: 'object', names: [], name: '', expectsName: true })
  if (code === openBracket) return openFrame(scan, { kind: 'array', index: -1 })
  return readScalar(scan, code)
}

function openFrame(scan: Scan, frame: ObjectFrame | ArrayFrame): BodyFault | null {
  const limit = scan.limits.depth
  if (scan.frames.length === limit) return makeBodyFault('too_deep', pointHere(scan), limit)
  scan.frames.push(frame)
  scan.at++
  return null
}

function readName(scan: Scan, frame: ObjectFrame): BodyFault | null {
  const start = scan.at + 1
  const end = passString(scan)
  const raw = scan.text.slice(start, end)
  const { text: name, code } = hasEscape(scan, start, end) ? resolveEscapes(raw) : { text: raw, code: null }
  frame.expectsName = false
  if (code) return makeBodyFault(code, pointToHolder(scan))
  if (isForbiddenKey(name)) return makeBodyFault('forbidden_key', pointToHolder(scan))
  const { keys, keyLength } = scan.limits
  if (isKeyTooLong(name, keyLength)) return makeBodyFault('key_too_long', pointToHolder(scan), keyLength)
  if (++scan.keys > keys) return makeBodyFault('too_many_keys', null, keys)
  frame.name = name
  return recordName(frame, name) ? null : makeBodyFault('duplicate_key', pointHere(scan))
}

/** False when the object has this name already. */
function recordName(frame: ObjectFrame, name: string): boolean {
  if (Array.isArray(frame.names)) {
    if (frame.names.includes(name)) return false
    if (frame.names.push(name) > fewNames) frame.names = new Set(frame.names)
    return true
  }
  if (frame.names.has(name)) return false
  frame.names.add(name)
  return true
}

function readString(scan: Scan): BodyFault | null {
  const start = scan.at + 1
  const end = passString(scan)
  if (!hasEscape(scan, start, end)) return null
  const { code } = resolveEscapes(scan.text.slice(start, end))
  return code && makeBodyFault(code, pointHere(scan))
}

/** Moves past the string at the scan's place; returns the position of its closing quote. */
function passString(scan: Scan): number {
  const end = findClosingQuote(scan.text, scan.at + 1)
  scan.at = end + 1
  return end
}

function hasEscape(scan: Scan, start: number, end: number): boolean {
  if (scan.nextBackslash < start) scan.nextBackslash = findOrEnd(scan.text, '\\', start)
  return scan.nextBackslash < end
}

/** The text that a string with escapes stands for, and the fault that the escapes make. */
function resolveEscapes(raw: string): { text: string; code: BodyFaultCode | null } {
  try {
    const text = String(JSON.parse(`"${raw}"`))
    return { text, code: findTextFaultCode(text) }
  } catch {
    return { text: raw, code: 'invalid_json' }
  }
}

/** Position of the first quote that is not escaped, or the end of the text. */
function findClosingQuote(text: string, start: number): number {
  let end = findOrEnd(text, '"', start)
  while (end < text.length && isEscaped(text, end)) end = findOrEnd(text, '"', end + 1)
  return end
}

/** A character is escaped when an odd number of backslashes stands before it. */
function isEscaped(text: string, at: number): boolean {
  let first = at
  while (text.charCodeAt(first - 1) === backslash) first--
  return (at - first) % 2 === 1
}

function findOrEnd(text: string, character: string, start: number): number {
  const at = text.indexOf(character, start)
  return at === -1 ? text.length : at
}

/** A number, `true`, `false`, `null`, or something that JSON.parse will refuse. */
function readScalar(scan: Scan, code: number): BodyFault | null {
  const start = scan.at
  do scan.at++
  while (scan.at < scan.text.length && !endsScalar(scan.text.charCodeAt(scan.at)))
  if (code !== minus && (code < digitZero || code > digitNine)) return null
  return isExactNumber(scan.text.slice(start, scan.at)) ? null : makeBodyFault('number_not_exact', pointHere(scan))
}

function endsScalar(code: number): boolean {
  return code <= space || code === comma || code === closeBracket || code === closeBrace
}

function pointHere(scan: Scan): string {
  return makePointer(scan.frames.map(stepOf))
}

/** For faults of a name: the object it stands in, because such a name is no good in a pointer either. */
function pointToHolder(scan: Scan): string {
  return makePointer(scan.frames.slice(0, -1).map(stepOf))
}

function stepOf(frame: ObjectFrame | ArrayFrame): string | number {
  return frame.kind === 'object' ? frame.name : frame.index
}
