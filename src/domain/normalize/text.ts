// Text as people send it. Free text is stored as sent, only trimmed; one-line values such as names are
// put into NFC and lose what nobody can see. Match keys are folded so that spelling habits do not split
// one person in two. PostgreSQL text holds neither NUL nor half of a surrogate pair.
import { type Refusal, refuse } from './verdict.ts'

export type TextVerdict = { ok: true; value: string } | Refusal<'not_storable' | 'too_long'>

const ASCII = /^[\0-\x7f]*$/
const UNSTORABLE = /[\0\p{Cs}]/u

// Controls, unpaired surrogates, soft hyphen, zero-width space, direction marks, byte order mark and tag
// characters. White space is not in here (it becomes one space), nor are ZWNJ and ZWJ: Persian and Indian
// names need them.
const INVISIBLE =
  /[\0-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/gu

// A joiner that does not stand between two letters, marks or symbols (emoji): nobody can see it either.
const LOOSE_JOINER = /(?<![\p{L}\p{M}\p{S}])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{M}\p{S}])/gu

// ICU sorts a run of combining marks by insertion: 50,000 alternating marks took 1.7 s. 30 is the limit of
// the Stream-Safe Text Format (UAX #15 section 13) and far above any written language.
const OVERLONG_MARK_RUN = /(\p{M}{30})\p{M}+/gu

// Accents that are optional in writing: Latin, Greek and Cyrillic diacritics, Hebrew points, Arabic vowel
// signs and hamza. Marks that carry the sound itself (Indian vowel signs, Thai, Japanese voicing) stay.
const ACCENTS =
  /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]|[\u0591-\u05bd]|[\u05bf-\u05c7]|[\u064b-\u0655]|\u0670/g

// Letters without a Unicode decomposition that people type in another way, and the two Arabic letters for
// which Persian keyboards have their own code points.
const LETTER_FOLDS = new Map([
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ø', 'o'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['þ', 'th'],
  ['ł', 'l'],
  ['ħ', 'h'],
  ['ı', 'i'],
  ['ς', 'σ'],
  ['ي', 'ی'],
  ['ك', 'ک'],
])
const FOLDED_LETTER = new RegExp(`[${[...LETTER_FOLDS.keys()].join('')}]`, 'g')

/** Tells whether PostgreSQL can store the text: no NUL, no unpaired surrogate. Linear in its length. */
export function isStorableText(text: string): boolean {
  return !UNSTORABLE.test(text)
}

/**
 * Checks free text and trims it; otherwise it stays exactly as sent. `maxCodePoints` counts Unicode code
 * points, as JSON Schema's `maxLength` and PostgreSQL's `char_length` do. Longer text is refused, not cut.
 */
export function cleanText(raw: string, maxCodePoints: number): TextVerdict {
  const value = raw.trim()
  if (isLongerThan(value, maxCodePoints)) return refuse('too_long', `At most ${maxCodePoints} characters are allowed.`)
  if (!isStorableText(value)) return refuse('not_storable', 'The text holds a NUL or half of a surrogate pair.')
  return { ok: true, value }
}

/**
 * Cleans a one-line value: NFC, invisible characters removed, white space (line breaks too) collapsed to
 * single spaces, trimmed. The result is always storable and may be empty.
 */
export function cleanLine(raw: string): string {
  const line = collapseSpaces(raw.replace(INVISIBLE, ''))
  if (ASCII.test(line)) return line
  const joined = collapseSpaces(line.replace(LOOSE_JOINER, ''))
  // Cut again, because NFC splits some letters and can lengthen a run.
  return cutMarkRuns(cutMarkRuns(joined).normalize('NFC'))
}

/**
 * Folds text for comparing, never for showing: compatibility forms unified, accents removed, lower case,
 * ß as ss. Folding twice changes nothing. Storable input gives storable output.
 */
export function foldForMatch(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  return cutMarkRuns(text)
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .toLowerCase()
    .replace(FOLDED_LETTER, (letter) => LETTER_FOLDS.get(letter) ?? letter)
    .normalize('NFC')
}

function collapseSpaces(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function cutMarkRuns(text: string): string {
  return text.replace(OVERLONG_MARK_RUN, '$1')
}

function isLongerThan(text: string, maxCodePoints: number): boolean {
  if (text.length <= maxCodePoints) return false
  if (text.length > maxCodePoints * 2) return true
  let count = 0
  for (const _ of text) count += 1
  return count > maxCodePoints
}
