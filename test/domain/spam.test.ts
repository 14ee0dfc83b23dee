import fc from 'fast-check'
import t from 'tap'
import { completeDefinition } from '../../src/domain/form.ts'
import { workOf } from '../../src/domain/proof-of-work.ts'
import { decideSpam, type SpamFacts } from '../../src/domain/spam/decide-spam.ts'
import { DEFAULT_SPAM_SETTINGS, SPAM_SIGNALS, type SpamSettings } from '../../src/domain/spam/spam-settings.ts'
import { readTextSigns } from '../../src/domain/spam/text-signs.ts'
import { issueTimingToken, readTimingToken } from '../../src/domain/timing-token.ts'

const NOW = new Date('2025-03-04T12:00:00.000Z')

const NOTHING: SpamFacts = {
  honeypot_filled: false,
  token: 'absent',
  token_issued_at: null,
  challenge: 'not_asked',
  network_count: 1,
  form_count: 1,
  text_count: 0,
  disposable_email: false,
  links: 0,
  link_in_name: false,
  markup: false,
}

const judge = (facts: Partial<SpamFacts>, settings: Partial<SpamSettings> = {}) =>
  decideSpam({ ...NOTHING, ...facts }, { ...DEFAULT_SPAM_SETTINGS, ...settings }, NOW)

const codesOf = (facts: Partial<SpamFacts>, settings: Partial<SpamSettings> = {}) =>
  judge(facts, settings).reasons.map(({ code }) => code)

t.test('nothing against it is clean with score 0', async (t) => {
  t.same(judge({}), { verdict: 'clean', score: 0, reasons: [] })
})

t.test('each sign has its reason', async (t) => {
  const cases: [facts: Partial<SpamFacts>, code: string, settings?: Partial<SpamSettings>][] = [
    [{ honeypot_filled: true }, 'honeypot_filled'],
    [{}, 'token_missing', { require_token: true }],
    [{ token: 'forged' }, 'token_forged'],
    [{ token: 'other_form' }, 'token_of_other_form'],
    [{ token: 'expired' }, 'token_expired'],
    [{ token: 'reused' }, 'token_reused'],
    [{ token: 'valid', token_issued_at: '2025-03-04T11:59:59.000Z' }, 'too_fast'],
    [{ challenge: 'missing' }, 'challenge_missing'],
    [{ challenge: 'failed' }, 'challenge_failed'],
    [{ challenge: 'unavailable' }, 'verifier_unavailable'],
    [{ network_count: 31 }, 'network_rate'],
    [{ form_count: 1001 }, 'form_rate'],
    [{ disposable_email: true }, 'disposable_email'],
    [{ text_count: 6 }, 'repeated_text'],
    [{ link_in_name: true }, 'link_in_name'],
    [{ links: 3 }, 'many_links'],
    [{ markup: true }, 'markup'],
  ]
  t.same(cases.map(([, code]) => code).sort(), [...SPAM_SIGNALS].sort(), 'every sign is tried')
  for (const [facts, code, settings] of cases) t.same(codesOf(facts, settings), [code])
})

t.test('the limits themselves are still fine', async (t) => {
  t.same(codesOf({ network_count: 30, form_count: 1000, text_count: 5, links: 2 }), [])
  t.same(codesOf({ token: 'valid', token_issued_at: '2025-03-04T11:59:58.000Z' }), [], 'exactly min_seconds')
})

t.test('an expired token weighs less where none is required', async (t) => {
  t.equal(judge({ token: 'expired' }).verdict, 'clean')
  t.equal(judge({ token: 'expired' }, { require_token: true }).verdict, 'quarantine')
  t.equal(judge({ token: 'expired' }, { challenge: 'proof_of_work' }).verdict, 'quarantine')
})

t.test('a busy day with one question is no spam; a throw-away address on top of it is', async (t) => {
  t.equal(judge({ form_count: 5000, text_count: 50 }).verdict, 'clean')
  t.equal(judge({ form_count: 5000, text_count: 50, disposable_email: true }).verdict, 'quarantine')
})

const facts: fc.Arbitrary<SpamFacts> = fc.record({
  honeypot_filled: fc.boolean(),
  token: fc.constantFrom('absent', 'valid', 'forged', 'other_form', 'expired', 'reused'),
  token_issued_at: fc.constantFrom(null, '2025-03-04T11:59:59.500Z', '2025-03-04T11:00:00.000Z'),
  challenge: fc.constantFrom('not_asked', 'missing', 'solved', 'failed', 'unavailable'),
  network_count: fc.nat(100),
  form_count: fc.nat(2000),
  text_count: fc.nat(20),
  disposable_email: fc.boolean(),
  links: fc.nat(6),
  link_in_name: fc.boolean(),
  markup: fc.boolean(),
})

t.test('score is the sum of the reasons, the threshold decides, and one more sign never helps', async (t) => {
  fc.assert(
    fc.property(facts, fc.integer({ min: 1, max: 400 }), (given, quarantine_at) => {
      const settings = { ...DEFAULT_SPAM_SETTINGS, quarantine_at }
      const verdict = decideSpam(given, settings, NOW)
      const sum = verdict.reasons.reduce((total, { weight }) => total + weight, 0)
      const worse = decideSpam({ ...given, honeypot_filled: true }, settings, NOW)
      return (
        verdict.score === sum &&
        (verdict.verdict === 'quarantine') === sum >= quarantine_at &&
        worse.score >= verdict.score &&
        JSON.stringify(decideSpam(given, settings, NOW)) === JSON.stringify(verdict)
      )
    }),
  )
  t.pass('for all facts')
})

t.test('a weight of 0 switches a sign off, whatever the facts', async (t) => {
  const weights = Object.fromEntries(SPAM_SIGNALS.map((code) => [code, 0]))
  fc.assert(
    fc.property(facts, (given) => decideSpam(given, { ...DEFAULT_SPAM_SETTINGS, weights }, NOW).verdict === 'clean'),
  )
  t.pass('for all facts')
})

const FORM = completeDefinition({
  title: 'A form',
  fields: [
    { name: 'name', type: 'text', maps_to: 'full_name' },
    { name: 'company', type: 'text', maps_to: 'company_name' },
    { name: 'site', type: 'url', maps_to: 'website' },
    { name: 'message', type: 'textarea', maps_to: 'custom_fields.message' },
  ],
})

t.test('signs are read from the fields that mean something', async (t) => {
  const signs = readTextSigns(FORM, {
    name: 'Ada',
    company: 'www.company.test',
    site: 'https://company.test',
    message: 'A https://one.test and www.two.test',
    unknown: 'http://three.test',
  })
  t.match(signs, { links: 3, link_in_name: false, markup: false })
  t.ok(readTextSigns(FORM, { name: 'visit http://x.test' }).link_in_name)
  t.ok(readTextSigns(FORM, { message: '[link=x]' }).markup)
  t.notOk(readTextSigns(FORM, { message: 'a < b and [urlaub]' }).markup)
})

t.test('a repeated text is known again whatever its case, spacing and numbers', async (t) => {
  const text = 'We can bring you 5000 visitors a day for a very small price indeed'
  const same = 'we can BRING you   700 visitors\na day for a very small price indeed'
  const fingerprintOf = (message: string) => readTextSigns(FORM, { message }).fingerprint
  t.equal(fingerprintOf(text), fingerprintOf(same))
  t.not(fingerprintOf(text), fingerprintOf(`${text} really`))
  t.equal(fingerprintOf('Please call me back'), null, 'short texts repeat among honest people')
})

t.test('signs of hostile texts are read in no time', async (t) => {
  const texts = [
    '<'.repeat(300_000),
    '< '.repeat(150_000),
    '[ '.repeat(150_000),
    'www.'.repeat(80_000),
    '0 '.repeat(150_000),
  ]
  const start = performance.now()
  for (const message of texts) readTextSigns(FORM, { message, name: message })
  t.ok(performance.now() - start < 200)
})

const SECRET = new Uint8Array(32).fill(7)
const PLACE = { workspace_id: '018f0000-0000-7000-8000-000000000001', form_key: 'contact' }
const random16 = fc.uint8Array({ minLength: 16, maxLength: 16 })

t.test('a token is read back as it was issued', async (t) => {
  fc.assert(
    fc.property(random16, fc.integer({ min: 0, max: 599 }), (random, age) => {
      const token = issueTimingToken(SECRET, PLACE, random, NOW)
      const verdict = readTimingToken(SECRET, PLACE, token, new Date(NOW.getTime() + age * 1000), 600)
      return verdict.state === 'valid' && verdict.issued_at === NOW.toISOString() && verdict.token_id !== null
    }),
  )
  t.pass('for all tokens')
})

t.test('a token with any other character is forged', async (t) => {
  const token = issueTimingToken(SECRET, PLACE, new Uint8Array(16), NOW)
  for (let i = 0; i < token.length; i++) {
    for (const letter of ['A', '_', 'z', '.', ' ']) {
      const changed = token.slice(0, i) + letter + token.slice(i + 1)
      if (changed === token) continue
      const { state } = readTimingToken(SECRET, PLACE, changed, NOW, 600)
      // The last character carries two spare bits: another text of the same bytes is the same token.
      const same = Buffer.from(changed.slice(44), 'base64url').equals(Buffer.from(token.slice(44), 'base64url'))
      if (!same) t.equal(state, 'forged', changed)
    }
  }
  for (const text of ['', 't1', 't1..', `${token}x`, token.repeat(1000), `t2${token.slice(2)}`])
    t.equal(readTimingToken(SECRET, PLACE, text, NOW, 600).state, 'forged')
})

t.test('a token is for one form of one workspace under one secret, for a time', async (t) => {
  const token = issueTimingToken(SECRET, PLACE, new Uint8Array(16), NOW)
  const read = (place: typeof PLACE, now = NOW, secret = SECRET) =>
    readTimingToken(secret, place, token, now, 600).state
  t.equal(read({ ...PLACE, form_key: 'other' }), 'other_form')
  t.equal(read({ ...PLACE, workspace_id: '018f0000-0000-7000-8000-000000000002' }), 'other_form')
  t.equal(read(PLACE, NOW, new Uint8Array(32)), 'forged')
  t.equal(read(PLACE, new Date(NOW.getTime() + 600_000)), 'valid')
  t.equal(read(PLACE, new Date(NOW.getTime() + 600_001)), 'expired')
  t.equal(read(PLACE, new Date(NOW.getTime() - 60_001)), 'forged', 'from the future')
})

t.test('work is counted in leading zero bits; only a number counts', async (t) => {
  let best = 0
  for (let n = 0; n < 5000; n++) best = Math.max(best, workOf('token', String(n)))
  t.ok(best >= 10 && best <= 32)
  for (const number of ['', '-1', '1.5', '1e3', 'abc', ' 1', '1'.repeat(16)]) t.equal(workOf('token', number), -1)
})
