import examples from 'libphonenumber-js/mobile/examples'
import t from 'tap'
import { normalizePhone } from '../../src/domain/normalize/phone.ts'

type Sample = [country: string, typed: string, e164: string, type: string]

const SAMPLES: Sample[] = [
  ['DE', '030 901820', '+4930901820', 'fixed_line'],
  ['DE', '0151/234 567 89', '+4915123456789', 'mobile'],
  ['AT', '0664 1234567', '+436641234567', 'mobile'],
  ['CH', '044 668 18 00', '+41446681800', 'fixed_line'],
  ['GB', '020 7946 0018', '+442079460018', 'fixed_line'],
  ['IE', '085 012 3456', '+353850123456', 'mobile'],
  ['FR', '01 23 45 67 89', '+33123456789', 'fixed_line'],
  ['ES', '612 34 56 78', '+34612345678', 'mobile'],
  ['IT', '02 1234 5678', '+390212345678', 'fixed_line'],
  ['PT', '912 345 678', '+351912345678', 'mobile'],
  ['NL', '06-12345678', '+31612345678', 'mobile'],
  ['PL', '512 345 678', '+48512345678', 'mobile'],
  ['SE', '070-123 45 67', '+46701234567', 'mobile'],
  ['TR', '0501 234 56 78', '+905012345678', 'mobile'],
  ['RU', '8 (912) 345-67-89', '+79123456789', 'mobile'],
  ['US', '(201) 555-0123', '+12015550123', 'fixed_line_or_mobile'],
  ['MX', '200 123 4567', '+522001234567', 'fixed_line'],
  ['BR', '(11) 96123-4567', '+5511961234567', 'mobile'],
  ['AR', '011 15-2345-6789', '+5491123456789', 'mobile'],
  ['JP', '090-1234-5678', '+819012345678', 'mobile'],
  ['CN', '131 2345 6789', '+8613123456789', 'mobile'],
  ['IN', '081234 56789', '+918123456789', 'mobile'],
  ['AU', '0412 345 678', '+61412345678', 'mobile'],
  ['NG', '0802 123 4567', '+2348021234567', 'mobile'],
  ['ZA', '071 123 4567', '+27711234567', 'mobile'],
]

t.test('a national number is read with the default country', async (t) => {
  for (const [country, typed, e164, type] of SAMPLES) {
    t.strictSame(normalizePhone(typed, country), { ok: true, e164, country, type, extension: null }, typed)
  }
})

t.test('a national number without a country is refused, an international one needs none', async (t) => {
  for (const [country, typed, e164, type] of SAMPLES) {
    t.hasStrict(normalizePhone(typed), { ok: false }, typed)
    t.strictSame(normalizePhone(e164), { ok: true, e164, country, type, extension: null }, e164)
    t.hasStrict(normalizePhone(e164, 'FR'), { ok: true, e164, country }, `${e164} typed in France`)
    t.hasStrict(normalizePhone(e164.replace('+', '00')), { ok: true, e164 }, `${e164} with 00`)
  }
})

t.test('the example number of every country is read, one digit and ten digits more are not', async (t) => {
  for (const [country, national] of Object.entries(examples)) {
    const verdict = normalizePhone(national, country)
    // Islands that share their neighbour's calling code can come out as the neighbour.
    t.ok(verdict.ok && verdict.type !== 'unknown' && verdict.e164.endsWith(national), `${country} ${national}`)
    if (verdict.ok) t.hasStrict(normalizePhone(verdict.e164), { ok: true, e164: verdict.e164 }, verdict.e164)
    t.hasStrict(normalizePhone(national.slice(0, 1), country), { ok: false }, `${country} one digit`)
    t.hasStrict(normalizePhone(`${national}0123456789`, country), { ok: false }, `${country} ten digits more`)
  }
})

t.test('the same number in any spelling is one number', async (t) => {
  const spellings = [
    '+49 (0)30 901820',
    '+49-30-90 18 20',
    '0049 30 901820',
    'tel:+49-30-901820',
    'TEL:+4930901820',
    '\u202a+49 30 901820\u202c',
    '\u2066+49\u00a030\u00a0901820\u2069',
    '＋４９　３０　９０１８２０',
    '+٤٩ ٣٠ ٩٠١٨٢٠',
    '+۴۹ ۳۰ ۹۰۱۸۲۰',
    '+४९ ३० ९०१८२०',
    '+๔๙ ๓๐ ๙๐๑๘๒๐',
    ' +49\t30\n901820 ',
    `+49 30 901820${' '.repeat(1000)}`,
  ]
  for (const typed of spellings) t.hasStrict(normalizePhone(typed, 'US'), { ok: true, e164: '+4930901820' }, typed)
  t.hasStrict(normalizePhone('٠١٠٠١٢٣٤٥٦٧', 'EG'), { ok: true, e164: '+201001234567', type: 'mobile' })
  t.hasStrict(normalizePhone('011 49 30 901820', 'US'), { ok: true, e164: '+4930901820' })
})

t.test('an extension is kept apart from the number', async (t) => {
  const spellings = ['201-555-0123 ext. 456', '201-555-0123 x456', '(201) 555-0123 #456', '+1 201 555 0123;ext=456']
  for (const typed of [...spellings, '201-555-0123 ext. ٤٥٦']) {
    t.hasStrict(normalizePhone(typed, 'US'), { ok: true, e164: '+12015550123', extension: '456' }, typed)
  }
})

t.test('a number in an unassigned range of the right length is kept as unknown', async (t) => {
  t.hasStrict(normalizePhone('1111111111', 'US'), { ok: true, e164: '+11111111111', type: 'unknown' })
})

t.test('numbers that belong to no country are read without one', async (t) => {
  t.hasStrict(normalizePhone('+800 1234 5678'), { ok: true, e164: '+80012345678', country: null, type: 'toll_free' })
})

t.test('what is not one complete number is refused with a reason', async (t) => {
  const cases: [typed: string, country: string | null | undefined, code: string][] = [
    ['', 'DE', 'blank'],
    [' \u202a\u202c ', 'DE', 'blank'],
    ['030 901820', undefined, 'country_needed'],
    ['030 901820', null, 'country_needed'],
    ['030 901820', 'ZZ', 'country_needed'],
    ['030 901820', '__proto__', 'country_needed'],
    ['030 901820', 'constructor', 'country_needed'],
    ['+999 123456', 'DE', 'country_needed'],
    ['1', 'DE', 'too_short'],
    ['+1 201 555 01', 'US', 'too_short'],
    ['+1 201 555 0123 4', 'US', 'too_long'],
    ['+4930901820123456789', 'DE', 'too_long'],
    ['1'.repeat(1_000_000), 'DE', 'too_long'],
    [`+49${'-'.repeat(100)}30901820`, 'DE', 'too_long'],
    ['+', 'DE', 'not_a_number'],
    ['call me', 'DE', 'not_a_number'],
    ['1-800-FLOWERS', 'US', 'not_a_number'],
    ['030 901820 or 040 123456', 'DE', 'not_a_number'],
    ['030901820@example.com', 'DE', 'not_a_number'],
    ["030901820'; DROP TABLE leads", 'DE', 'not_a_number'],
    ['+49 0 0 30 901820', 'DE', 'not_a_number'],
    ['030\x00901820', 'DE', 'not_a_number'],
    ['030\ud800901820', 'DE', 'not_a_number'],
  ]
  for (const [typed, country, code] of cases) {
    t.match(normalizePhone(typed, country), { ok: false, code, detail: String }, JSON.stringify(typed.slice(0, 40)))
  }
})
