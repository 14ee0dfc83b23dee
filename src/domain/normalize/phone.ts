// A phone number is stored in E.164 so that every spelling of it is one number; what was typed stays beside
// it. A number of the right length in a range our tables do not know is kept with type `unknown`: tables
// age, people do not. Such a number is a way to call, but too weak to say that two leads are one person.
import {
  type CountryCode,
  getCountries,
  type PhoneNumber,
  type PhoneNumberType,
  parsePhoneNumberWithError,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max'
import { type Refusal, refuse } from './verdict.ts'

export type PhoneRefusalCode = 'blank' | 'too_long' | 'too_short' | 'wrong_length' | 'not_a_number' | 'country_needed'
export type PhoneType = Lowercase<PhoneNumberType> | 'unknown'

/**
 * `e164` never contains the extension. `country` is ISO 3166-1 alpha-2, null for numbers that belong to no
 * country (+800) or cannot be told apart (+1 in an unknown range). `extension` holds ASCII digits.
 */
export type Phone = { ok: true; e164: string; country: string | null; type: PhoneType; extension: string | null }
export type PhoneVerdict = Phone | Refusal<PhoneRefusalCode>

// The longest honest spelling (+, 15 digits, separators, "extension" and 20 digits) is about 60 characters.
const MAX_TYPED_LENGTH = 100

const ASCII = /^[\0-\x7f]*$/
const COUNTRIES: ReadonlySet<string> = new Set(getCountries())

// Zero of each decimal digit row that people type numbers in, from Arabic to Khmer; full-width and styled
// digits become ASCII by NFKC.
const DIGIT_ZEROS = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040,
  0x17e0,
]

const NOT_A_NUMBER = refuse('not_a_number', 'This is not one phone number; write digits, with + and the country code.')
const COUNTRY_NEEDED = refuse('country_needed', 'Write the number with + and a country code that exists.')
const TOO_SHORT = refuse('too_short', 'The phone number has too few digits for its country.')
const TOO_LONG = refuse('too_long', 'The phone number has too many digits.')
const WRONG_LENGTH = refuse('wrong_length', 'No phone number of that country has this many digits.')

// The library's words for what is wrong, in ours.
const LIBRARY_ERRORS = new Map<string, PhoneVerdict>([
  ['INVALID_COUNTRY', COUNTRY_NEEDED],
  ['TOO_SHORT', TOO_SHORT],
  ['TOO_LONG', TOO_LONG],
  ['INVALID_LENGTH', WRONG_LENGTH],
])

/**
 * Normalizes one typed phone number. `defaultCountry` (ISO alpha-2, from the form or the address) is used
 * for numbers without a country code; an unknown country counts as none. Letters (0800-FLOWERS) are refused.
 */
export function normalizePhone(raw: string, defaultCountry?: string | null): PhoneVerdict {
  const trimmed = raw.trim()
  if (trimmed.length > MAX_TYPED_LENGTH) return TOO_LONG
  const typed = toPlainSpelling(trimmed)
  if (typed === '') return refuse('blank', 'The phone number is empty.')
  const verdict = readPhone(typed, isPhoneCountry(defaultCountry) ? { defaultCountry } : {})
  if (!typed.startsWith('00') || isKnown(verdict)) return verdict
  // 00 is the international prefix almost everywhere, and visitors dial as at home on a foreign site.
  const international = readPhone(`+${typed.slice(2)}`, {})
  return isKnown(international) ? international : verdict
}

function readPhone(typed: string, options: { defaultCountry?: CountryCode }): PhoneVerdict {
  try {
    return toVerdict(parsePhoneNumberWithError(typed, { ...options, extract: false }))
  } catch (error) {
    // The library says no by throwing.
    return (error instanceof Error && LIBRARY_ERRORS.get(error.message)) || NOT_A_NUMBER
  }
}

function toVerdict(parsed: PhoneNumber): PhoneVerdict {
  const { number: e164, country = null, ext: extension = null } = parsed
  const type = parsed.getType()
  if (type === undefined) {
    if (!parsed.isPossible()) return LIBRARY_ERRORS.get(validatePhoneNumberLength(e164) ?? '') ?? WRONG_LENGTH
    // Outside the known ranges a number can lose another trunk zero when read again; that is no E.164.
    if (parsePhoneNumberWithError(e164).number !== e164) return NOT_A_NUMBER
  }
  return { ok: true, e164, country, type: toPhoneType(type), extension }
}

function toPhoneType(type: PhoneNumberType | undefined): PhoneType {
  // The cast repeats what toLowerCase() does; its declared type is plain string.
  return type === undefined ? 'unknown' : (type.toLowerCase() as Lowercase<PhoneNumberType>)
}

function isKnown(verdict: PhoneVerdict): boolean {
  return verdict.ok && verdict.type !== 'unknown'
}

function isPhoneCountry(country: string | null | undefined): country is CountryCode {
  return COUNTRIES.has(country ?? '')
}

function toPlainSpelling(typed: string): string {
  const text = ASCII.test(typed)
    ? typed
    : typed
        .normalize('NFKC')
        .replace(/\p{Cf}/gu, '')
        .replace(/\p{Nd}/gu, toAsciiDigit)
  return text.trim().replace(/\s+/g, ' ').replace(/^tel:/i, '')
}

function toAsciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0
  const zero = DIGIT_ZEROS.find((candidate) => code >= candidate && code <= candidate + 9)
  return zero === undefined ? digit : String(code - zero)
}
