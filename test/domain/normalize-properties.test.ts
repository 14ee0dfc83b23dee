import fc from 'fast-check'
import t from 'tap'
import { normalizeCompany } from '../../src/domain/normalize/company.ts'
import { normalizeCountry } from '../../src/domain/normalize/country.ts'
import { normalizeEmail } from '../../src/domain/normalize/email.ts'
import { classifyEmail } from '../../src/domain/normalize/email-class.ts'
import { normalizeLanguage } from '../../src/domain/normalize/language.ts'
import { normalizeName } from '../../src/domain/normalize/person-name.ts'
import { normalizePhone } from '../../src/domain/normalize/phone.ts'
import { cleanLine, cleanText, foldForMatch, isStorableText } from '../../src/domain/normalize/text.ts'
import { normalizeWebsite } from '../../src/domain/normalize/website.ts'

// The nightly run asks for more.
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 1000)

// Any UTF-16, unpaired surrogates included.
const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units))
const anyText = fc.oneof(
  anyUnits,
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
)

/** Text of the pieces that matter to one kind of value, mixed with anything. */
function textOf(...pieces: string[]): fc.Arbitrary<string> {
  const piece = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: anyText })
  return fc.oneof(
    anyText,
    fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
  )
}

const emailText = textOf(
  'a',
  'B',
  'ü',
  'u\u0308',
  'İ',
  'ß',
  '.',
  '+',
  '-',
  '@',
  '@',
  'x.de',
  'gmail.com',
  'bücher',
  '.jp',
  'xn--',
  '。',
  ' ',
)
const phoneText = textOf(
  '+',
  '00',
  '0',
  '1',
  '49',
  '30',
  '9018',
  '555',
  '(',
  ')',
  '-',
  ' ',
  'x',
  'ext. ',
  '٤',
  '１',
  'tel:',
  '/',
  '\u202a',
)
const nameText = textOf(
  ...[
    'anna',
    'ANNA',
    'Anna',
    'ß',
    'İ',
    'i\u0307',
    'ŉ',
    'ǆ',
    'a',
    'B',
    ' ',
    ' ',
    ' ',
    ',',
    ', ',
    '.',
    "'",
    '-',
    'mc',
    'o’',
  ],
  ...['van', 'de', 'la', 'y', 'e', 'Dr.', 'PhD', 'II', 'jr', '山田', '김', 'გ', '\u0301', '\u0958', '\u0344', '\u200d'],
)
const companyText = textOf(
  'Acme',
  ' ',
  ' ',
  '.',
  '&',
  ',',
  'GmbH',
  'S.A.',
  'Co',
  'KG',
  'The',
  '株式会社',
  '(',
  ')',
  '㈱',
  'ß',
  'e\u0301',
)
const urlText = textOf(
  'http://',
  'https://',
  '//',
  'x',
  '.de',
  '.co.uk',
  ':',
  '80',
  '/',
  '?',
  '#',
  '@',
  '%',
  'ü',
  '[',
  ']',
  '1',
  '.',
  'xn--',
)
const tagText = textOf('de', 'AT', 'zh', 'Hant', '-', '_', '.UTF-8', '@', 'u', 'ca', 'x', '1996', 'i', 'und')
const countryText = textOf('DE', 'germany', 'Congo', 'the ', 'Ö', 'sterreich', 'U', '.', 'K', ' ')

t.test('an e-mail address in normal form stays as it is', async () => {
  check(emailText, (typed) => {
    const verdict = normalizeEmail(typed)
    if (!verdict.ok) return true
    const storable = isStorableText(verdict.value) && isStorableText(verdict.match_key)
    return storable && isSame(normalizeEmail(verdict.value), verdict)
  })
})

t.test('an accepted e-mail address is one line with one @ and within the limits of RFC 5321', async () => {
  check(emailText, (typed) => {
    const verdict = normalizeEmail(typed)
    if (!verdict.ok) return true
    const local = verdict.value.slice(0, verdict.value.indexOf('@'))
    const fits = Buffer.byteLength(local) <= 64 && Buffer.byteLength(verdict.value) <= 254
    return fits && /^[^\s@<>",;:\\()[\]]+@[a-z0-9.-]+$/.test(verdict.value)
  })
})

t.test('a match key does not depend on case, and is its own match key', async () => {
  const local = fc.stringMatching(/^[a-z0-9]{1,5}(\.[a-z]{1,5})?(\+[a-z]{1,3})?$/)
  const domain = fc.constantFrom('gmail.com', 'googlemail.com', 'outlook.com', 'example.com')
  check(
    fc.tuple(local, domain).map((parts) => parts.join('@')),
    (address) => {
      const verdict = normalizeEmail(address)
      const shouted = normalizeEmail(address.toUpperCase())
      if (!verdict.ok || !shouted.ok) return false
      const again = normalizeEmail(verdict.match_key)
      return shouted.match_key === verdict.match_key && again.ok && again.match_key === verdict.match_key
    },
  )
})

t.test('classifying any domain and local part gives a class', async () => {
  const classes = ['disposable', 'free', 'role', 'corporate']
  check(fc.tuple(emailText, emailText), ([domain, local]) => classes.includes(classifyEmail(domain, local)))
})

t.test('a phone number in E.164 stays as it is, with and without a country', async () => {
  const country = fc.constantFrom(undefined, null, 'DE', 'US', 'GB', 'IT', 'BR', 'AR', 'MX', 'RU', 'AU', 'ZZ')
  check(fc.tuple(phoneText, country), ([typed, defaultCountry]) => {
    const verdict = normalizePhone(typed, defaultCountry)
    if (!verdict.ok) return true
    const again = normalizePhone(verdict.e164, defaultCountry)
    const stable = again.ok && again.e164 === verdict.e164 && again.type === verdict.type
    return stable && /^\+[1-9]\d{4,18}$/.test(verdict.e164) && /^\d*$/.test(verdict.extension ?? '')
  })
})

t.test('any national digits become a stable E.164 number or are refused', async () => {
  const digits = fc.stringMatching(/^\+?\d{3,16}$/)
  const country = fc.constantFrom('DE', 'US', 'GB', 'IT', 'BR', 'AR', 'MX', 'RU', 'AU', 'KR', 'SG', 'CR', 'HU')
  check(fc.tuple(digits, country), ([typed, defaultCountry]) => {
    const verdict = normalizePhone(typed, defaultCountry)
    if (!verdict.ok) return true
    const again = normalizePhone(verdict.e164)
    return again.ok && again.e164 === verdict.e164
  })
})

t.test('a name in normal form stays as it is and is storable', async () => {
  const part = fc.option(nameText)
  check(fc.record({ first_name: part, last_name: part, full_name: part }), (typed) => {
    const name = normalizeName(typed)
    return isSame(normalizeName(name), name) && Object.values(name).every((value) => isStorableText(value ?? ''))
  })
})

t.test('a name part that was typed never vanishes', async () => {
  check(nameText, (typed) => {
    const letters = (text: string | null) => foldForMatch(cleanLine(text ?? '')).replace(/[^\p{L}\p{N}]/gu, '')
    const { first_name, last_name, full_name } = normalizeName({
      first_name: typed,
      last_name: typed,
      full_name: typed,
    })
    const sent = letters(typed)
    const sorted = [...letters(full_name)].sort().join('')
    return letters(first_name) === sent && letters(last_name) === sent && sorted === [...sent].sort().join('')
  })
})

t.test('a company in normal form stays as it is and is storable', async () => {
  check(companyText, (typed) => {
    const company = normalizeCompany(typed)
    const storable = isStorableText(company.value ?? '') && isStorableText(company.match_key ?? '')
    return storable && isSame(normalizeCompany(company.value ?? ''), company)
  })
})

t.test('a website in normal form stays as it is', async () => {
  check(urlText, (typed) => {
    const verdict = normalizeWebsite(typed)
    if (!verdict.ok) return true
    return /^https?:\/\/[\x21-\x7e]+$/.test(verdict.url) && isSame(normalizeWebsite(verdict.url), verdict)
  })
})

t.test('a country and a language in normal form stay as they are', async () => {
  check(countryText, (typed) => {
    const country = normalizeCountry(typed)
    return country === null || (/^[A-Z]{2}$/.test(country) && normalizeCountry(country) === country)
  })
  check(tagText, (typed) => {
    const language = normalizeLanguage(typed)
    return language === null || normalizeLanguage(language) === language
  })
})

t.test('cleaning and folding twice changes nothing, and cleaned text is storable', async () => {
  check(nameText, (typed) => {
    const line = cleanLine(typed)
    const text = cleanText(typed, 1000)
    const folded = foldForMatch(typed)
    const settled = cleanLine(line) === line && foldForMatch(folded) === folded
    return (
      settled &&
      isStorableText(line) &&
      (!text.ok || (isStorableText(text.value) && isSame(cleanText(text.value, 1000), text)))
    )
  })
})

function check<T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => boolean): void {
  fc.assert(fc.property(arbitrary, holds), { numRuns })
}

function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
