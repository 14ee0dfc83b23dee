// A full name is split only as far as its form tells: titles and degrees aside, "Last, First" by the comma,
// a family name from its particle on (van der Berg, bin Salman), East Asian names family first, otherwise
// the last word is the family name. Double family names without a particle cannot be told from middle names.
import { FAMILY_NAME_PARTICLES, JOINING_PARTICLES, NAME_PREFIXES, NAME_SUFFIXES } from './name-words.ts'
import { foldForMatch } from './text.ts'

export type SplitName = { first: string | null; last: string | null }

const EAST_ASIAN = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}々ー]+$/u

/** Whether a name is written in Chinese, Japanese or Korean script, where the family name comes first. */
export function isEastAsianName(name: string): boolean {
  return EAST_ASIAN.test(name.replaceAll(' ', ''))
}

/** Cuts "Last, First" and "First Last, PhD" at the commas. `family` is null when there is no family segment. */
export function readCommas(name: string): { family: string | null; rest: string; suffixes: string[] } {
  const segments = name.split(',').map((segment) => segment.trim())
  const suffixes: string[] = []
  while (segments.length > 1 && isSuffixSegment(segments.at(-1) ?? '')) suffixes.unshift(segments.pop() ?? '')
  const [family = '', rest = ''] = segments
  if (segments.length === 2 && family !== '' && rest !== '') return { family, rest, suffixes }
  return { family: null, rest: segments.join(' ').trim(), suffixes }
}

/** Splits a cleaned full name without commas. An unknown part is null; titles and degrees are in neither. */
export function splitName(name: string): SplitName {
  const words = name.split(' ').filter((word) => word !== '')
  const titles = countTitles(words)
  const core = words.slice(titles, words.length - countSuffixes(words, titles))
  const [only] = core
  if (core.length < 2) return titles > 0 ? { first: null, last: only ?? null } : splitSingle(only)
  if (core.length === 2 && isEastAsianName(name)) return { first: core[1] ?? null, last: only ?? null }
  const start = familyNameStart(core)
  return { first: core.slice(0, start).join(' '), last: core.slice(start).join(' ') }
}

/** The name without titles and suffixes, for comparing. */
export function withoutTitles(name: string): string {
  const words = name.split(' ')
  const titles = countTitles(words)
  return words.slice(titles, words.length - countSuffixes(words, titles)).join(' ')
}

// Chinese, Japanese and Korean names are written without a space; where to cut needs a dictionary.
function splitSingle(word: string | undefined): SplitName {
  return { first: word === undefined || isEastAsianName(word) ? null : word, last: null }
}

function familyNameStart(words: readonly string[]): number {
  const last = words.length - 1
  for (let index = 1; index < last; index += 1) {
    const word = words[index] ?? ''
    if (index > 1 && JOINING_PARTICLES.has(word)) return index - 1
    if (FAMILY_NAME_PARTICLES.has(toWordKey(word))) return index
  }
  return last
}

function countTitles(words: readonly string[]): number {
  let count = 0
  while (count < words.length - 1 && NAME_PREFIXES.has(toWordKey(words[count] ?? ''))) count += 1
  return count
}

function countSuffixes(words: readonly string[], titles: number): number {
  let count = 0
  while (words.length - count - titles > 1 && NAME_SUFFIXES.has(toWordKey(words[words.length - 1 - count] ?? ''))) {
    count += 1
  }
  return count
}

function isSuffixSegment(segment: string): boolean {
  return segment.split(' ').every((word) => NAME_SUFFIXES.has(toWordKey(word)))
}

function toWordKey(word: string): string {
  return foldForMatch(word).replaceAll('.', '')
}
