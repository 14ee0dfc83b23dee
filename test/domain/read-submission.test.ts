import fc from 'fast-check'
import t from 'tap'
import { attributionOf } from '../../src/domain/attribution.ts'
import { completeDefinition, type PartialDefinition } from '../../src/domain/form.ts'
import { chooseLocale, localizeForm, readAcceptLanguage } from '../../src/domain/form-locale.ts'
import { readSubmission } from '../../src/domain/read-submission.ts'
import { openSecret, sealSecret } from '../../src/domain/sealed-secret.ts'
import type { SubmissionContext } from '../../src/domain/submission.ts'

const IDS = { lead: '018f0000-0000-7000-8000-000000000001', receipt: '018f0000-0000-7000-8000-000000000002' }

const FIELDS: PartialDefinition['fields'] = [
  { name: 'mail', type: 'email', maps_to: 'email' },
  { name: 'tel', type: 'phone', maps_to: 'phone' },
  { name: 'who', type: 'text', maps_to: 'full_name' },
  { name: 'topics', type: 'multi_select', maps_to: 'custom_fields.topics', options: [{ value: 'a', label: 'A' }] },
  { name: 'note', type: 'textarea' },
]

function read(
  payload: Record<string, unknown>,
  more: Partial<PartialDefinition> = {},
  context: SubmissionContext = {},
) {
  const form = completeDefinition({ title: 'A form', fields: FIELDS, ...more })
  const submission = { id: 'id', form_key: 'contact', payload, context, received_at: '2025-03-04T12:00:00.000Z' }
  return readSubmission(form, submission, IDS)
}

t.test('values go where the form says, in their normal form; the others stay with the submission', async (t) => {
  const intake = read(
    { mail: ' Ada@Example.ORG', tel: '030 123456', who: 'ada lovelace', topics: ['a'], note: 'x', more: 1 },
    { default_country: 'DE' },
  )
  t.match(intake, {
    fields: { email: 'Ada@example.org', phone: '+4930123456' },
    custom_fields: { topics: ['a'] },
    source: 'form:contact',
    by: 'person',
    identities: [
      { kind: 'email', value: 'ada@example.org' },
      { kind: 'phone', value: '+4930123456' },
    ],
    occurred_at: '2025-03-04T12:00:00.000Z',
  })
})

t.test('a submission without any value for a lead is none', async (t) => {
  t.equal(read({ note: 'only a note' }), null)
  t.equal(read({ mail: '', who: null }), null)
  t.equal(read({ note: 'x' }, { default_country: 'DE' }, { language: 'de' }), null, 'what is inferred names nobody')
})

t.test('what nobody typed is only inferred', async (t) => {
  const intake = read({ mail: 'a@example.org' }, { default_country: 'AT' }, { language: 'EN-us' })
  t.same(intake?.inferred, { country: 'AT', language: 'en-US' })
  t.notOk('country' in (intake?.fields ?? {}))
  t.equal(read({ mail: 'a@example.org' })?.inferred?.language, null)
})

t.test('source and campaign come from the form, else from the link, else it is the web site', async (t) => {
  const attribution = { utm_source: 'News Letter!', utm_campaign: 'Frühling 2025' }
  const keysOf = (more: Partial<PartialDefinition>, context: SubmissionContext) => {
    const intake = read({ mail: 'a@example.org' }, more, context)
    return [intake?.source_key, intake?.campaign_key]
  }
  t.same(keysOf({}, {}), ['website', null])
  t.same(keysOf({}, { attribution }), ['news_letter', 'fr_hling_2025'])
  t.same(keysOf({ default_source_key: 'fair', default_campaign_key: 'booth' }, { attribution }), ['fair', 'booth'])
  t.same(keysOf({}, { attribution: { utm_source: '123 !' } }), ['website', null])
})

t.test('the landing page speaks where neither fields nor page do; two clicks are never mixed', async (t) => {
  const landing = 'https://shop.test/?utm_source=first&gclid=G'
  t.same(attributionOf({}, 'https://shop.test/contact', landing), { utm_source: 'first', gclid: 'G' })
  t.same(attributionOf({}, 'https://shop.test/?fbclid=F', landing), { fbclid: 'F' })
  t.same(attributionOf({ utm_source: 'field' }, 'https://shop.test/?fbclid=F', landing), {
    utm_source: 'field',
    fbclid: 'F',
  })
  t.same(attributionOf({ utm_source: ['a'], gclid: '' }, 'not a url', 'neither'), {})
  const long = attributionOf({ utm_source: `${'x'.repeat(499)}👍` }, undefined, undefined)
  t.ok(long['utm_source']?.isWellFormed(), 'a cut leaves no half of a character')
})

t.test('a locale is found exactly, by language, or is the default', async (t) => {
  const form = completeDefinition({
    title: 'A form',
    fields: FIELDS,
    default_locale: 'en-GB',
    locales: [{ locale: 'de', title: 'Ein Formular' }, { locale: 'pt-BR' }, { locale: 'pt' }],
  })
  const chosen = (...wanted: string[]) => chooseLocale(form, wanted)
  t.equal(chosen('de-AT'), 'de')
  t.equal(chosen('PT'), 'pt')
  t.equal(chosen('pt-PT'), 'pt-BR', 'the first of the language')
  t.equal(chosen('fr', 'en'), 'en-GB')
  t.equal(chosen('ja'), 'en-GB')
  t.equal(localizeForm(form, 'de').title, 'Ein Formular')
  t.equal(localizeForm(form, 'pt').title, 'A form', 'what is not translated falls back')
  t.equal(localizeForm(form, 'xx').locale, 'en-GB')
})

t.test('Accept-Language is read by weight, and nonsense is no wish', async (t) => {
  t.same(readAcceptLanguage('de;q=0.7, en-GB, fr;q=0.9,*;q=0.5'), ['en-GB', 'fr', 'de'])
  t.same(readAcceptLanguage('en;q=0, de;q=2, ;;, x'), ['x'])
  t.same(readAcceptLanguage(undefined), [])
  fc.assert(
    fc.property(fc.string(), (header) => readAcceptLanguage(header).every((tag) => /^[A-Za-z0-9-]+$/.test(tag))),
  )
})

t.test('a definition of an earlier release is completed, a complete one stays as it is', async (t) => {
  const form = completeDefinition({ title: 'A form', fields: FIELDS })
  t.same(completeDefinition(form), form)
})

t.test('a sealed secret opens only where it belongs', async (t) => {
  const secret = new Uint8Array(32).fill(1)
  const iv = new Uint8Array(12)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(200), (text, at) => {
      const sealed = sealSecret(secret, 'here', text, iv)
      const changed = Buffer.from(sealed)
      const byte = at % changed.length
      changed[byte] = (changed[byte] ?? 0) ^ 1
      return openSecret(secret, 'here', sealed) === text && throws(() => openSecret(secret, 'here', changed))
    }),
  )
  const sealed = sealSecret(secret, 'tenant one', 'text', iv)
  t.ok(throws(() => openSecret(secret, 'tenant two', sealed)))
  t.ok(throws(() => openSecret(new Uint8Array(32), 'tenant one', sealed)))
  t.ok(throws(() => openSecret(secret, 'tenant one', sealed.subarray(0, 20))))
})

function throws(work: () => unknown): boolean {
  try {
    work()
    return false
  } catch {
    return true
  }
}
