import t from 'tap'
import { normalizeCompany } from '../../src/domain/normalize/company.ts'
import { normalizeCountry } from '../../src/domain/normalize/country.ts'
import { toAsciiDomain } from '../../src/domain/normalize/domain-name.ts'
import { normalizeEmail } from '../../src/domain/normalize/email.ts'
import { isRoleMailbox } from '../../src/domain/normalize/email-class.ts'
import { normalizeLanguage } from '../../src/domain/normalize/language.ts'
import { normalizeName } from '../../src/domain/normalize/person-name.ts'
import { normalizePhone } from '../../src/domain/normalize/phone.ts'
import { cleanLine, cleanText, foldForMatch, isStorableText } from '../../src/domain/normalize/text.ts'
import { normalizeWebsite } from '../../src/domain/normalize/website.ts'

const LENGTH = 100_000

// Processor time, so that a busy machine does not fail the test. The promise is an event-loop delay below
// 100 ms; a quadratic algorithm takes seconds at this length.
const MOST_MILLISECONDS = 100

const PIECES = [
  ...[
    '(',
    '[',
    '<',
    '"',
    'a',
    'A',
    'a ',
    'A ',
    ' ',
    '\t',
    'a.',
    '@',
    'a@',
    '.',
    '-',
    'a-',
    '0',
    '+',
    'xn--',
    "'",
    "o'",
    'mc',
  ],
  ...[
    'a,',
    ',',
    'van ',
    'de la ',
    'dr. ',
    'phd ',
    'inc ',
    'the ',
    'gmbh & co. kg ',
    '株式会社',
    'http://',
    'a/',
    '%',
    '\\',
    '_',
  ],
  ...[
    'ü',
    'e\u0301',
    '\u0301\u0316',
    'a\u0301\u0316',
    '\u0958',
    '\u0344',
    '\ufdfa',
    '각',
    '\ud800',
    '\0',
    '😀',
    '\u200b',
    '\u202e',
  ],
]

const FUNCTIONS: Record<string, (text: string) => unknown> = {
  normalizeEmail,
  normalizePhone: (text) => normalizePhone(text, 'US'),
  normalizeFullName: (text) => normalizeName({ full_name: text }),
  normalizeNameParts: (text) => {
    const third = text.slice(0, LENGTH / 3)
    return normalizeName({ first_name: third, last_name: third, full_name: third })
  },
  normalizeCompany,
  normalizeWebsite,
  normalizeCountry,
  normalizeLanguage,
  isRoleMailbox,
  toAsciiDomain,
  foldForMatch,
  cleanLine,
  cleanText: (text) => cleanText(text, LENGTH),
  isStorableText,
}

for (const [name, run] of Object.entries(FUNCTIONS)) {
  t.test(`${name} answers to ${LENGTH} hostile characters at once`, async (t) => {
    for (const piece of PIECES) {
      for (const ending of ['', '!']) {
        const text = piece.repeat(Math.ceil(LENGTH / piece.length)) + ending
        t.ok(leastMilliseconds(() => run(text)) < MOST_MILLISECONDS, `${JSON.stringify(piece)} ${ending}`)
      }
    }
  })
}

t.test('20,000 brackets are refused in less than 50 ms', async (t) => {
  for (const text of [
    '('.repeat(20_000),
    '['.repeat(20_000),
    `a@${'('.repeat(20_000)}`,
    `"${'<'.repeat(20_000)}@x.de`,
  ]) {
    t.ok(leastMilliseconds(() => t.match(normalizeEmail(text), { ok: false })) < 50)
  }
})

// A second try absorbs garbage collection and compilation, which also count as processor time.
function leastMilliseconds(run: () => unknown): number {
  const first = milliseconds(run)
  return first < MOST_MILLISECONDS / 2 ? first : Math.min(first, milliseconds(run))
}

function milliseconds(run: () => unknown): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
