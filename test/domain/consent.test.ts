import fc from 'fast-check'
import t from 'tap'
import { type ConsentFacts, decideConsent } from '../../src/domain/consent.ts'
import { wordingHash, wordingsOf } from '../../src/domain/consent-wording.ts'
import { completeDefinition } from '../../src/domain/form.ts'
import { readConsents } from '../../src/domain/read-consents.ts'

const day = (n: number) => new Date(Date.UTC(2025, 0, n))

function entry(n: number, action: ConsentFacts['action'], more: Partial<ConsentFacts> = {}): ConsentFacts {
  return {
    id: `id${n}${action}`,
    purpose: 'marketing',
    channel: 'email',
    action,
    occurred_at: day(n).toISOString(),
    expires_at: null,
    ...more,
  }
}

const ask = (entries: ConsentFacts[], at: number, purpose = 'marketing', channel = 'email') =>
  decideConsent(entries, { purpose, channel, at: day(at) })

t.test('without an entry nobody may be contacted', async (t) => {
  t.same(ask([], 5), { allowed: false, reason: 'never_granted', decided_by: null, chain: [], policy: 'consent@1' })
})

t.test('the latest entry up to the moment decides, at any moment', async (t) => {
  const ledger = [entry(1, 'granted'), entry(3, 'withdrawn'), entry(5, 'granted')]
  t.same(
    [0, 1, 2, 3, 4, 5, 6].map((n) => ask(ledger, n).allowed),
    [false, true, true, false, false, true, true],
  )
  const verdict = ask(ledger, 4)
  t.equal(verdict.decided_by?.id, 'id3withdrawn')
  t.same(
    verdict.chain.map(({ id }) => id),
    ['id1granted', 'id3withdrawn'],
  )
})

t.test('of a grant and a withdrawal at the same moment the withdrawal decides', async (t) => {
  t.equal(ask([entry(1, 'withdrawn'), entry(1, 'granted')], 2).reason, 'withdrawn')
  t.equal(ask([entry(1, 'granted'), entry(1, 'withdrawn')], 2).reason, 'withdrawn')
})

t.test('a grant ends by itself when it says so', async (t) => {
  const ledger = [entry(1, 'granted', { expires_at: day(4).toISOString() })]
  t.same(
    [3, 4, 5].map((n) => ask(ledger, n).reason),
    ['granted', 'expired', 'expired'],
  )
})

t.test('purpose and channel are apart; any channel and all purposes reach further', async (t) => {
  const ledger = [entry(1, 'granted')]
  t.equal(ask(ledger, 2, 'research').allowed, false)
  t.equal(ask(ledger, 2, 'marketing', 'phone').allowed, false)
  t.equal(ask([entry(1, 'granted', { channel: 'any' })], 2, 'marketing', 'sms').allowed, true)
  t.equal(ask(ledger, 2, 'marketing', 'any').allowed, false, 'consent to one channel is none to all of them')
  t.equal(ask([...ledger, entry(2, 'withdrawn', { channel: 'any' })], 3).reason, 'withdrawn')
  t.equal(ask([...ledger, entry(2, 'withdrawn', { purpose: 'all', channel: 'any' })], 3).reason, 'withdrawn')
  t.equal(ask([entry(1, 'granted', { purpose: 'all' })], 2).allowed, false, 'consent is specific')
})

const ledgers = fc.array(
  fc.record({
    id: fc.uuid(),
    purpose: fc.constantFrom('marketing', 'research', 'all'),
    channel: fc.constantFrom('email', 'phone', 'any'),
    action: fc.constantFrom<ConsentFacts['action'][]>('granted', 'withdrawn'),
    occurred_at: fc.integer({ min: 1, max: 9 }).map((n) => day(n).toISOString()),
    expires_at: fc.option(fc.integer({ min: 1, max: 12 }).map((n) => day(n).toISOString())),
  }),
  { maxLength: 12 },
)

t.test(
  'the order in which entries were recorded does not matter, and later entries never change the past',
  async (t) => {
    fc.assert(
      fc.property(ledgers, fc.integer({ min: 0, max: 12 }), (ledger, at) => {
        const verdict = ask(ledger, at)
        const reversed = ask([...ledger].reverse(), at)
        const later = ask([...ledger, entry(13, 'withdrawn', { purpose: 'all', channel: 'any' })], at)
        return (
          verdict.reason === reversed.reason &&
          verdict.decided_by?.id === reversed.decided_by?.id &&
          later.reason === verdict.reason &&
          verdict.allowed === (verdict.reason === 'granted') &&
          verdict.chain.every((each) => each.occurred_at <= day(at).toISOString())
        )
      }),
    )
    t.pass('for all ledgers')
  },
)

const FORM = completeDefinition({
  title: 'A form',
  fields: [{ name: 'email', type: 'email', maps_to: 'email' }],
  default_locale: 'en',
  consents: [
    { key: 'news', purpose: 'marketing', channel: 'email', text: 'Yes, send me news.' },
    { key: 'terms', purpose: 'service', channel: 'any', text: 'I agree to the terms.' },
  ],
  locales: [{ locale: 'de', consents: [{ key: 'news', text: 'Ja, schickt mir Neuigkeiten.' }] }],
})

t.test('a hash is that of the text, as anybody computes it', async (t) => {
  t.equal(wordingHash('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  t.same(
    wordingsOf(FORM).map(({ consent_key, locale, text }) => [consent_key, locale, text]),
    [
      ['news', 'en', 'Yes, send me news.'],
      ['terms', 'en', 'I agree to the terms.'],
      ['news', 'de', 'Ja, schickt mir Neuigkeiten.'],
      ['terms', 'de', 'I agree to the terms.'],
    ],
  )
})

t.test('a ticked box gives the wording that stood beside it', async (t) => {
  const read = (payload: Record<string, unknown>, language?: string) =>
    readConsents(FORM, payload, language).map(({ consent, wording, hash }) => [
      consent.key,
      wording?.text ?? null,
      hash !== null,
    ])
  t.same(read({ 'consent.news': 'on' }), [['news', 'Yes, send me news.', false]])
  t.same(read({ 'consent.news': true }, 'de-AT'), [['news', 'Ja, schickt mir Neuigkeiten.', false]])
  const german = wordingHash('Ja, schickt mir Neuigkeiten.')
  t.same(read({ 'consent.news': german }, 'en'), [['news', 'Ja, schickt mir Neuigkeiten.', true]], 'the page says so')
  t.same(read({ 'consent.news': wordingHash('Something else') }), [['news', null, true]])
  t.same(read({ 'consent.terms': wordingHash('Yes, send me news.') }), [['terms', null, true]], 'of the wrong box')
})

t.test('an empty box says nothing', async (t) => {
  for (const value of [undefined, null, '', false, 'false', 'off', 'no', '0', 0, [], {}])
    t.same(readConsents(FORM, { 'consent.news': value }, undefined), [])
})
