// Postal codes are compared without spaces and case. Where both are digits they compare as numbers (Germany's 01067 is
// typed without its zero); else as text, and a range includes all codes that begin like its end, so that SW1 to SW9 holds
// SW9 4AA. A part behind a hyphen that the range does not have (10001-1234, 1200-192) is left out.
import type { PostcodeRange } from './team-document.ts'

const normalize = (code: string) => code.toUpperCase().replace(/[\s-]/g, '')
const DIGITS = /^\d+$/

/** Negative, zero or positive, as for sorting. */
export function comparePostcodes(a: string, b: string): number {
  const [x, y] = [normalize(a), normalize(b)]
  if (DIGITS.test(x) && DIGITS.test(y)) return Number(x) - Number(y)
  return x < y ? -1 : x > y ? 1 : 0
}

/** Whether a lead's postal code lies in a range. */
export function isInRange(
  lead: { country: string | null; postal_code: string | null },
  { country, from, to }: PostcodeRange,
): boolean {
  if (lead.country !== country || lead.postal_code === null || normalize(lead.postal_code) === '') return false
  const code = asPreciseAs(from, lead.postal_code)
  if (comparePostcodes(from, code) > 0) return false
  const isDigits = DIGITS.test(normalize(code)) && DIGITS.test(normalize(to))
  return comparePostcodes(code, to) <= 0 || (!isDigits && normalize(code).startsWith(normalize(to)))
}

/** The code without its last part, where that makes it as long as the codes of the range. */
function asPreciseAs(end: string, code: string): string {
  const [head = ''] = code.trim().split('-')
  return DIGITS.test(normalize(code)) && normalize(head).length === normalize(end).length ? head : code
}
