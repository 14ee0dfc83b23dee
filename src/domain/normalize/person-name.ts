// A person's name has a first name, a last name and a full name; forms ask for one, two or all three. What
// was typed wins; a missing part is derived only where the form of the name shows it, else it stays null.
// Case is repaired only when a whole name was typed in one case. The key is for finding the same person.
import { fixNameCase } from './name-case.ts'
import { isEastAsianName, readCommas, splitName, withoutTitles } from './name-split.ts'
import { MAX_NAME_LENGTH } from './name-words.ts'
import { cleanLine, foldForMatch } from './text.ts'

/** What was typed; absent and null are the same. */
export type TypedName = { first_name?: string | null; last_name?: string | null; full_name?: string | null }

/**
 * Every part is storable NFC text on one line, or null when unknown. Titles and degrees stay in `full_name`
 * only. `name_key` is folded first and last name, for comparing only.
 */
export type PersonName = {
  first_name: string | null
  last_name: string | null
  full_name: string | null
  name_key: string | null
}

type FullName = { typed: string; inOrder: string; first: string | null; last: string | null }

// Silent or typographic: O'Neil, O’Neil and ONeil, and Persian names with and without a joiner.
const IGNORED_IN_KEY = /['’‘ʼ`\u200c\u200d]/g
const SEPARATORS = /[^\p{L}\p{M}\p{N}]+/gu

/** Normalizes a person's name. Never refuses, never throws; normalizing the result changes nothing. */
export function normalizeName(typed: TypedName): PersonName {
  const first = fixNameCase(cleanLine(typed.first_name ?? ''), 'given_or_full') || null
  const last = fixNameCase(cleanLine(typed.last_name ?? ''), 'family') || null
  const full = readFullName(cleanLine(typed.full_name ?? ''))
  const firstName = first ?? deriveFirst(full, last)
  const lastName = last ?? deriveLast(full, first)
  const isComplete = firstName !== null && lastName !== null
  const fullName = (isComplete ? full?.inOrder : full?.typed) ?? joinParts(firstName ?? '', lastName ?? '')
  return {
    first_name: firstName,
    last_name: lastName,
    full_name: fullName,
    name_key: toNameKey(isComplete ? `${firstName} ${lastName}` : fullName),
  }
}

function readFullName(name: string): FullName | null {
  if (name === '') return null
  if (name.length > MAX_NAME_LENGTH) return { typed: name, inOrder: name, first: null, last: null }
  const { family, rest, suffixes } = readCommas(name)
  const typed = fixNameCase(name, 'given_or_full')
  if (family === null) return { typed, inOrder: typed, ...splitName(fixNameCase(rest, 'given_or_full')) }
  const given = fixNameCase(rest, 'given_or_full')
  const inOrder = [`${given} ${fixNameCase(family, 'family')}`, ...suffixes].join(', ')
  return { typed, inOrder: fixNameCase(inOrder, 'given_or_full'), first: withoutTitles(given), last: family }
}

// A part taken from the full name must hold a letter or digit, and agree with the part typed beside it.
function deriveFirst(full: FullName | null, typedLast: string | null): string | null {
  if (!full?.first || toNameKey(full.first) === null) return null
  const typedKey = toNameKey(typedLast)
  const agrees = typedLast === null || (typedKey !== null && typedKey === toNameKey(full.last))
  return agrees ? fixNameCase(full.first, 'given_or_full') : null
}

// The typed first name may be the beginning of several given names.
function deriveLast(full: FullName | null, typedFirst: string | null): string | null {
  if (!full?.last || toNameKey(full.last) === null) return null
  const typedKey = toNameKey(typedFirst)
  const agrees =
    typedFirst === null || (typedKey !== null && `${toNameKey(full.first) ?? ''} `.startsWith(`${typedKey} `))
  return agrees ? fixNameCase(full.last, 'family') : null
}

// Commas are dropped here, since in a full name they would turn the order round.
function joinParts(first: string, last: string): string | null {
  const joined = isEastAsianName(first + last) ? `${last} ${first}` : `${first} ${last}`
  return fixNameCase(cleanLine(joined.replaceAll(',', ' ')), 'given_or_full') || null
}

function toNameKey(name: string | null): string | null {
  if (name === null) return null
  const key = foldForMatch(withoutTitles(name.slice(0, MAX_NAME_LENGTH)))
    .replace(IGNORED_IN_KEY, '')
    .replace(SEPARATORS, ' ')
    .trim()
  return key || null
}
