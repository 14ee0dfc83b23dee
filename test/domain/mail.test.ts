import fc from 'fast-check'
import t from 'tap'
import { decideSend, type SendFacts } from '../../src/domain/mail/decide-send.ts'
import { htmlToText } from '../../src/domain/mail/html-to-text.ts'
import {
  readBounceAddress,
  readRef,
  refKeysOf,
  writeBounceAddress,
  writeMessageId,
  writeRef,
} from '../../src/domain/mail/link-ref.ts'
import { rewriteLinks } from '../../src/domain/mail/rewrite-links.ts'
import { earliestSend } from '../../src/domain/mail/send-window.ts'
import { findSuppression } from '../../src/domain/mail/suppression.ts'
import { chooseTexts, findTemplateFaults } from '../../src/domain/mail/template.ts'

const keys = refKeysOf(Buffer.alloc(32, 7))
const WORKSPACE = '01890a5d-ac96-774b-bcce-b302099a8057'
const MESSAGE = '01890a5d-ac96-774b-bcce-b302099a8058'

t.test('a reference is read for its purpose only, and never when a bit of it has changed', async (t) => {
  const ref = { kind: 'click', workspace_id: WORKSPACE, id: MESSAGE, index: 3 } as const
  const text = writeRef(keys, ref)
  t.same(readRef(keys, 'click', text), ref)
  t.equal(readRef(keys, 'leave', text), undefined)
  t.equal(readRef(refKeysOf(Buffer.alloc(32, 8)), 'click', text), undefined)
  t.notMatch(text, /01890a5d/)
  fc.assert(
    fc.property(fc.nat({ max: text.length - 1 }), fc.constantFrom(...'AZaz09-_'), (at, letter) => {
      const changed = text.slice(0, at) + letter + text.slice(at + 1)
      const read = readRef(keys, 'click', changed)
      return (
        changed === text ||
        read === undefined ||
        Buffer.from(changed, 'base64url').equals(Buffer.from(text, 'base64url'))
      )
    }),
  )
  fc.assert(fc.property(fc.string(), (any) => any === text || readRef(keys, 'click', any) === undefined))
})

t.test('a bounce address survives folding of case and belongs to one workspace', async (t) => {
  const local = writeBounceAddress(keys, WORKSPACE, MESSAGE)
  t.ok(local.length <= 64)
  t.equal(readBounceAddress(keys, WORKSPACE, `${local.toUpperCase()}@bounces.example.org`), MESSAGE)
  t.equal(readBounceAddress(keys, MESSAGE, `${local}@bounces.example.org`), undefined)
  t.equal(readBounceAddress(keys, WORKSPACE, `${local.slice(0, -1)}2@x.org`), undefined)
  t.equal(writeMessageId(keys, WORKSPACE, MESSAGE, 'x.org'), writeMessageId(keys, WORKSPACE, MESSAGE, 'x.org'))
})

t.test(
  'quiet hours are hours of the wall clock of the person, over midnight and over a change of the clocks',
  async (t) => {
    const rules = { caps: [], quiet_hours: { from_hour: 21, to_hour: 8, quiet_days: [] } }
    const at = (text: string, zone: string) => earliestSend(rules, [], zone, new Date(text)).toISOString()
    t.equal(at('2026-11-22T12:00:00Z', 'Europe/Berlin'), '2026-11-22T12:00:00.000Z')
    t.equal(at('2026-11-22T21:30:00Z', 'Europe/Berlin'), '2026-11-23T07:00:00.000Z')
    t.equal(at('2026-11-22T21:30:00Z', 'Asia/Kolkata'), '2026-11-23T02:30:00.000Z', 'a zone of half hours')
    t.equal(at('2026-03-28T22:00:00Z', 'Europe/Berlin'), '2026-03-29T06:00:00.000Z', 'the night that is an hour short')
    t.equal(at('2026-10-24T22:00:00Z', 'Europe/Berlin'), '2026-10-25T07:00:00.000Z', 'the night that is an hour long')
    const weekend = { caps: [], quiet_hours: { from_hour: 0, to_hour: 0, quiet_days: [6, 7] } }
    t.equal(
      earliestSend(weekend, [], 'America/New_York', new Date('2026-11-21T12:00:00Z')).toISOString(),
      '2026-11-23T05:00:00.000Z',
    )
  },
)

t.test(
  'whatever the rules, the answer is never early, never quiet, and never more mails than the caps allow',
  async () => {
    const zone = fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC')
    const cap = fc.record({ count: fc.integer({ min: 1, max: 5 }), days: fc.integer({ min: 1, max: 14 }) })
    const moment = fc.date({ min: new Date('2026-01-01'), max: new Date('2026-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(
        fc.array(cap, { maxLength: 3 }),
        fc.array(moment, { maxLength: 20 }),
        zone,
        moment,
        (caps, sent, timeZone, now) => {
          const quiet_hours = { from_hour: 22, to_hour: 7, quiet_days: [7] }
          const past = sent.filter((date) => date <= now)
          const send = earliestSend({ caps, quiet_hours }, past, timeZone, now)
          const local = new Intl.DateTimeFormat('en-US', {
            timeZone,
            hour: '2-digit',
            hourCycle: 'h23',
            weekday: 'short',
          }).format(send)
          const within = caps.every(({ count, days }) => {
            const since = send.getTime() - days * 86_400_000
            return past.filter((date) => date.getTime() > since).length < count
          })
          return send >= now && within && !local.startsWith('Sun') && !/ (22|23|0[0-6])$/.test(local)
        },
      ),
      { numRuns: 300 },
    )
  },
)

const GRANT = {
  id: 'c1',
  purpose: 'marketing',
  channel: 'email',
  action: 'granted' as const,
  occurred_at: '2026-01-01T00:00:00.000Z',
  expires_at: null,
}
const FACTS: SendFacts = {
  kind: 'marketing',
  purpose: 'marketing',
  address_key: 'ada@mail.engines.test',
  lead: { archived: false },
  is_paused: false,
  consents: [GRANT],
  suppressions: [],
  handed_at: [],
  time_zone: 'UTC',
  rules: { caps: [], quiet_hours: null, valid_days: 7 },
  since: new Date('2026-11-22T11:59:00Z'),
}
const NOW = new Date('2026-11-22T12:00:00Z')
const suppressed = (
  scope: string,
  purpose = '',
  kind: 'address' | 'domain' = 'address',
  value = 'ada@mail.engines.test',
) => ({ id: 's1', kind, value, scope, purpose, reason: 'manual' })

t.test('marketing needs a consent that stands now; what answers a deed of the person does not', async (t) => {
  t.match(decideSend(FACTS, NOW), { outcome: 'send', decision: { allowed: true, consent_id: 'c1' } })
  t.match(decideSend({ ...FACTS, consents: [] }, NOW), { outcome: 'withhold', reason: 'no_consent' })
  const withdrawn = {
    ...GRANT,
    id: 'c2',
    action: 'withdrawn' as const,
    purpose: 'all',
    occurred_at: '2026-02-01T00:00:00.000Z',
  }
  t.match(decideSend({ ...FACTS, consents: [GRANT, withdrawn] }, NOW), {
    outcome: 'withhold',
    reason: 'consent_withdrawn',
    decision: { consent_id: 'c2' },
  })
  t.match(decideSend({ ...FACTS, kind: 'transactional', consents: [withdrawn] }, NOW), { outcome: 'send' })
  t.match(decideSend({ ...FACTS, address_key: null }, NOW), { outcome: 'withhold', reason: 'no_address' })
  t.match(decideSend({ ...FACTS, lead: { archived: true } }, NOW), { outcome: 'withhold', reason: 'lead_archived' })
  const paused = decideSend({ ...FACTS, is_paused: true }, NOW)
  t.match(paused, { outcome: 'wait', decision: { allowed: false, reason: 'paused' } })
  t.equal(decideSend({ ...FACTS, kind: 'transactional', is_paused: true }, NOW).outcome, 'wait')
  const capped = {
    ...FACTS,
    handed_at: [new Date('2026-11-22T10:00:00Z')],
    rules: { ...FACTS.rules, caps: [{ count: 1, days: 1 }] },
  }
  t.match(decideSend(capped, NOW), {
    outcome: 'wait',
    until: new Date('2026-11-23T10:00:00Z'),
    decision: { reason: 'frequency_cap' },
  })
})

t.test('marketing that stood still for too long does not go any more; an answer to a deed does', (t) => {
  const decide = (since: string, more: Partial<SendFacts> = {}) =>
    decideSend({ ...FACTS, ...more, since: new Date(since) }, NOW)
  t.equal(decide('2026-11-15T12:00:00Z').outcome, 'send', 'seven days to the millisecond')
  t.match(decide('2026-11-15T11:59:59.999Z'), {
    outcome: 'withhold',
    reason: 'out_of_date',
    decision: { policy: 'send@2', allowed: false, consent_id: 'c1' },
  })
  t.equal(decide('2026-11-15T11:00:00Z', { rules: { ...FACTS.rules, valid_days: 8 } }).outcome, 'send')
  t.equal(decide('2026-01-01T00:00:00Z', { kind: 'transactional' }).outcome, 'send')
  t.match(decide('2026-01-01T00:00:00Z', { consents: [] }), { reason: 'no_consent' }, 'what forbids it more is told')
  t.equal(decide('2026-01-01T00:00:00Z', { is_paused: true }).outcome, 'wait', 'who resumes it wants it')
  t.end()
})

t.test('a suppression forbids what its scope covers, and the widest one is named', async (t) => {
  const decide = (facts: Partial<SendFacts>) => decideSend({ ...FACTS, ...facts }, NOW).outcome
  t.equal(decide({ suppressions: [suppressed('all')], kind: 'transactional' }), 'withhold')
  t.equal(decide({ suppressions: [suppressed('marketing')], kind: 'transactional' }), 'send')
  t.equal(decide({ suppressions: [suppressed('purpose', 'research')] }), 'send')
  t.equal(decide({ suppressions: [suppressed('purpose', 'marketing')] }), 'withhold')
  t.equal(decide({ suppressions: [suppressed('all', '', 'domain', 'engines.test')] }), 'withhold', 'of a parent domain')
  t.equal(decide({ suppressions: [suppressed('all', '', 'domain', 'gines.test')] }), 'send', 'but not of a suffix')
  t.equal(
    decide({ suppressions: [suppressed('all', '', 'domain', 'test')] }),
    'send',
    'a top level is no domain of anybody',
  )
  const both = [suppressed('purpose', 'marketing'), { ...suppressed('all'), id: 's2' }]
  t.match(findSuppression(both, { address_key: 'ada@mail.engines.test', kind: 'marketing', purpose: 'marketing' }), {
    id: 's2',
  })
})

t.test('the text part has the words, the lines and where links lead', async (t) => {
  const html =
    '<style>p{}</style><h1>Hi&nbsp;Ada</h1><p>Read <a href="https://x.test/?a=1&amp;b=2">this</a>.<br>Bye</p><ul><li>one</li><li>two &lt;3</li></ul><script>no()</script>'
  t.equal(htmlToText(html), 'Hi Ada\n\nRead this (https://x.test/?a=1&b=2).\nBye\n\n- one\n- two <3')
  fc.assert(fc.property(fc.string(), (any) => typeof htmlToText(any) === 'string'))
})

t.test('only web links are counted, each address once', async (t) => {
  const html =
    '<a href="https://x.test/a">1</a><a class="b" href=\'https://x.test/a\'>2</a><a href="mailto:a@b.c">3</a><a href="/x">4</a><a href="javascript:alert(1)">5</a><a href="https://out.test/">6</a>'
  const { html: rewritten, links } = rewriteLinks(
    html,
    (url) => !url.includes('out.test'),
    (index) => `https://us.test/c/${index}`,
  )
  t.same(links, ['https://x.test/a'])
  t.equal(rewritten.match(/us\.test\/c\/0/g)?.length, 2)
  t.match(rewritten, 'https://out.test/')
})

t.test('a template speaks the language of the person, or its default', async (t) => {
  const texts = ['en', 'de', 'pt-BR'].map((locale) => ({
    locale,
    subject: locale,
    preheader: '',
    html: null,
    text: 'x',
  }))
  const template = { name: 'x', layout: 'none' as const, default_locale: 'en', texts }
  const chosen = (...wanted: string[]) => chooseTexts(template, wanted).locale
  t.equal(chosen('de-AT'), 'de')
  t.equal(chosen('pt'), 'pt-BR')
  t.equal(chosen('ja'), 'en')
  t.equal(chosen(), 'en')
  t.same(findTemplateFaults(template), [])
  t.match(findTemplateFaults({ ...template, default_locale: 'fr' }), [{ pointer: '/default_locale' }])
})
