// A company keeps the name it gives itself. Only the match key forgets the legal form, case, accents and
// punctuation, because "Müller GmbH & Co. KG" and "MULLER" are one account to the people who sell to it.
import { ATTACHED_LEGAL_FORMS, LEADING_LEGAL_FORMS, TRAILING_LEGAL_FORMS } from './legal-forms.ts'
import { cleanLine, foldForMatch } from './text.ts'

/** `match_key` is for comparing only. Both are null when nothing readable was typed. */
export type Company = { value: string | null; match_key: string | null }

// UTF-16 units that the key covers; the longest registered company names are below 300.
const MAX_KEYED_LENGTH = 500

const LONGEST_FORM_IN_WORDS = 5

const ATTACHED_FORMS = ATTACHED_LEGAL_FORMS.map(foldForMatch)

/** Normalizes a company name. Never refuses; the result is storable, whatever the input. */
export function normalizeCompany(raw: string): Company {
  const value = cleanLine(raw)
  if (value === '') return { value: null, match_key: null }
  return { value, match_key: toMatchKey(value) }
}

function toMatchKey(name: string): string | null {
  const words = toWords(withoutAttachedForms(foldForMatch(name.slice(0, MAX_KEYED_LENGTH))))
  let start = 0
  while (start < words.length - 1 && LEADING_LEGAL_FORMS.has(words[start] ?? '')) start += 1
  words.splice(0, start)
  let formLength = trailingFormLength(words)
  while (formLength > 0) {
    words.length -= formLength
    formLength = trailingFormLength(words)
  }
  return words.join(' ') || null
}

// Dots and apostrophes join ("S.A.", "McDonald's"), everything else that is no letter or digit separates.
function toWords(folded: string): string[] {
  return folded
    .replace(/[.'’`]/g, '')
    .replace(/[&+]/g, ' and ')
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '')
}

function trailingFormLength(words: readonly string[]): number {
  for (let length = Math.min(LONGEST_FORM_IN_WORDS, words.length - 1); length > 0; length -= 1) {
    if (TRAILING_LEGAL_FORMS.has(words.slice(-length).join(' '))) return length
  }
  return 0
}

function withoutAttachedForms(folded: string): string {
  let name = folded.trim()
  for (const form of ATTACHED_FORMS) {
    if (name.length <= form.length) continue
    if (name.startsWith(form)) name = name.slice(form.length).trim()
    if (name.endsWith(form)) name = name.slice(0, -form.length).trim()
  }
  return name
}
