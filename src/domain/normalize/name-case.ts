// Only a name typed entirely in capitals or entirely in small letters gets its case repaired. Mixed case is
// how the person writes it (McDonald, van Gogh, DeShawn) and is never touched.
import { ARTICLES_AFTER_DE, LOWER_CASE_PARTICLES, MAX_NAME_LENGTH, SUFFIX_SPELLINGS } from './name-words.ts'

const UPPER = /[\p{Lu}\p{Lt}]/u
const LOWER = /\p{Ll}/u

// Two capitals alone are initials (JP) as often as a name (LI): they stay.
const THREE_LETTERS = /\p{L}\P{L}*\p{L}\P{L}*\p{L}/u

// A letter at the start of a word, after a hyphen or dot, or after O', D', L'. Longer beginnings keep their
// small letter (Sa'id). Georgian letters have capitals in Unicode that names never use.
const INITIAL = /(?!\p{Script=Georgian})(?<=^|[-.\u2010\u2011]|(?<![\p{L}\p{M}])\p{L}['’ʼ])\p{Ll}/gu
const MC_NAME = /(?<!\p{L})Mc\p{Ll}(?=\p{Ll}{2})/gu

/** Whether the first word takes a capital even when it is a particle: yes in "Van Nguyen", no in "van Gogh". */
export type NamePart = 'given_or_full' | 'family'

/** Repairs the case of a cleaned name when it has only one case. Doing it twice changes nothing. */
export function fixNameCase(name: string, part: NamePart): string {
  if (name.length > MAX_NAME_LENGTH) return name
  const hasUpper = UPPER.test(name)
  const hasLower = LOWER.test(name)
  if (hasUpper === hasLower || (hasUpper && !THREE_LETTERS.test(name))) return name
  const words = name.split(' ').map((word) => ({ word, lower: toLowerCase(word) }))
  const firstInside = part === 'family' ? 0 : 1
  return words
    .map(({ word, lower }, index) => {
      const isInside = index >= firstInside && index < words.length - 1
      if (isInside && isParticle(lower, words[index - 1]?.lower)) return lower
      return (index > 0 && SUFFIX_SPELLINGS.get(lower)) || toTitleCase(word, lower)
    })
    .join(' ')
    .normalize('NFC')
}

function isParticle(lower: string, previous: string | undefined): boolean {
  return LOWER_CASE_PARTICLES.has(lower) || (previous === 'de' && ARTICLES_AFTER_DE.has(lower))
}

function toTitleCase(word: string, lower: string): string {
  return lower
    .replace(INITIAL, (letter, at: number) => toUpperLetter(word.slice(at, at + letter.length)))
    .replace(MC_NAME, (start) => `Mc${toUpperLetter(start.slice(2))}`)
}

// İ would otherwise become i plus a combining dot, and lengths would differ.
function toLowerCase(word: string): string {
  return word.replaceAll('İ', 'i').toLowerCase()
}

// A letter stays small when its capital leads back to another letter (ß, ligatures, long s).
function toUpperLetter(letter: string): string {
  const upper = letter.toUpperCase()
  return upper.toLowerCase() === letter.toLowerCase() ? upper : letter
}
