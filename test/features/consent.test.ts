// Consent: a ledger with proof, written with the lead, and the decision that follows from it at any moment.
import { createHash } from 'node:crypto'
import t from 'tap'
import { makeForm } from '../helpers/forms.ts'
import { testService } from '../helpers/service.ts'

const NOON = new Date('2025-03-04T12:00:00.000Z')
const day = (n: number) => new Date(NOON.getTime() + n * 86_400_000)

const service = await testService(t, { TRUST_PROXY_HOPS: 1 })
t.beforeEach(() => service.setNow(NOON))

const TEXT = 'Yes, send me news by e-mail. I can stop this at any time.'
const FORM = {
  title: 'Subscribe',
  fields: [{ name: 'email', type: 'email', maps_to: 'email', required: true }],
  consents: [
    { key: 'news', purpose: 'marketing', channel: 'email', text: TEXT },
    { key: 'calls', purpose: 'marketing', channel: 'phone', text: 'You may call me.' },
  ],
  locales: [{ locale: 'de', consents: [{ key: 'news', text: 'Ja, schickt mir Neuigkeiten.' }] }],
}
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

interface Entry {
  id: string
  purpose: string
  channel: string
  action: string
  [name: string]: unknown
}

async function ledgerOf(leadId: string | null): Promise<Entry[]> {
  return (await service.call('GET', `/v1/leads/${leadId}/consents`)).json().data
}

async function ask(leadId: string | null, channel = 'email', at?: Date) {
  const query = `purpose=marketing&channel=${channel}${at === undefined ? '' : `&at=${at.toISOString()}`}`
  return (await service.call('GET', `/v1/leads/${leadId}/contact-permission?${query}`)).json()
}

t.test('a ticked box is an entry with everything that proves it', async (t) => {
  const form = await makeForm(service, 'proof', FORM)
  const [news] = (await form.render({ 'accept-language': 'de' })).consents
  const submission = await form.process(
    { email: 'proof@consent.test', [news?.name ?? '']: news?.value, _page_url: 'https://shop.test/news' },
    { headers: { 'x-forwarded-for': '198.51.100.77', 'user-agent': 'Browser/1' } },
  )
  const ledger = await ledgerOf(submission.lead_id)
  t.equal(ledger.length, 1)
  t.match(ledger[0], {
    id: /^cons_/,
    lead_id: submission.lead_id,
    purpose: 'marketing',
    channel: 'email',
    action: 'granted',
    method: 'form_checkbox',
    actor: 'form:proof',
    form_key: 'proof',
    consent_key: 'news',
    submission_id: submission.id,
    wording: 'Ja, schickt mir Neuigkeiten.',
    wording_hash: sha256('Ja, schickt mir Neuigkeiten.'),
    wording_version: 'proof@1',
    locale: 'de',
    ip_prefix: '198.51.100.0/24',
    occurred_at: NOON.toISOString(),
    evidence: { wording_source: 'page', page_url: 'https://shop.test/news', user_agent: 'Browser/1' },
  })
  const timeline = (await service.call('GET', `/v1/leads/${submission.lead_id}/timeline`)).json().data
  t.ok(timeline.some(({ type }: { type: string }) => type === 'consent_granted'))
  const changes = (await service.call('GET', '/v1/changes?types=lead.consent_changed&limit=200')).json().data
  const change = changes.find(({ object_id }: { object_id: string }) => object_id === submission.lead_id)
  t.match(change.data, {
    changed_fields: ['consents'],
    lead: {
      id: submission.lead_id,
      consents: [{ purpose: 'marketing', channel: 'email', allowed: true, reason: 'granted' }],
    },
    previous: { consents: [{ purpose: 'marketing', channel: 'email', allowed: false, reason: 'never_granted' }] },
  })
})

t.test(
  'a page that is older than the form proves what it showed; a wording that never was proves nothing',
  async (t) => {
    const form = await makeForm(service, 'older', FORM)
    const [news] = (await form.render()).consents
    const next = { ...FORM, consents: [{ ...FORM.consents[0], text: 'A new wording.' }, FORM.consents[1]] }
    await service.call('PUT', '/v1/forms/older', next, { headers: { 'if-match': '"v1"' } })
    const late = await form.process({ email: 'late@consent.test', 'consent.news': news?.value })
    t.match((await ledgerOf(late.lead_id))[0], { wording: TEXT, wording_version: 'older@1' })
    const plain = await form.process({ email: 'plain@consent.test', 'consent.news': 'on' })
    t.match((await ledgerOf(plain.lead_id))[0], {
      wording: 'A new wording.',
      wording_version: 'older@2',
      evidence: { wording_source: 'form_version' },
    })
    const forged = await form.process({ email: 'forged@consent.test', 'consent.news': sha256('I agree to everything') })
    t.same(forged.reasons, ['consent.news: unknown_wording'])
    t.same(await ledgerOf(forged.lead_id), [])
    t.equal(forged.state, 'processed', 'the lead is made all the same')
  },
)

t.test('an empty box of a returning person is no withdrawal; a withdrawal is one, from its moment on', async (t) => {
  const form = await makeForm(service, 'returning', FORM)
  const email = 'returning@consent.test'
  const { lead_id } = await form.process({ email, 'consent.news': 'on' })
  service.setNow(day(2))
  await form.process({ email, 'consent.news': false, 'consent.calls': '' })
  await form.process({ email, note: 'nothing about consent' })
  t.equal((await ledgerOf(lead_id)).length, 1)
  t.match(await ask(lead_id), { allowed: true, reason: 'granted' })
  t.match(await ask(lead_id, 'phone'), { allowed: false, reason: 'never_granted', decided_by: null, chain: [] })

  service.setNow(day(5))
  const withdrawn = await service.call('POST', `/v1/leads/${lead_id}/consents`, {
    purpose: 'all',
    channel: 'any',
    action: 'withdrawn',
    method: 'verbal',
    occurred_at: day(4).toISOString(),
    evidence: { ticket: 'HELP-7' },
  })
  t.equal(withdrawn.statusCode, 201)
  t.match(withdrawn.json(), {
    action: 'withdrawn',
    occurred_at: day(4).toISOString(),
    recorded_at: day(5).toISOString(),
  })
  const now = await ask(lead_id)
  t.match(now, { allowed: false, reason: 'withdrawn', policy: 'consent@1', decided_by: { id: withdrawn.json().id } })
  t.equal(now.chain.length, 2)
  t.equal((await ask(lead_id, 'email', day(3))).allowed, true, 'as of the day before')
  t.equal((await ask(lead_id, 'email', day(-1))).reason, 'never_granted')

  service.setNow(day(6))
  await form.process({ email, 'consent.news': 'on' })
  t.equal((await ask(lead_id)).allowed, true, 'a new consent is a new consent')
  t.equal((await ledgerOf(lead_id)).length, 3)
})

t.test('spam gives no consent; after its release it does, from the moment when it was given', async (t) => {
  const form = await makeForm(service, 'spam', FORM)
  const kept = await form.process({ email: 'kept@consent.test', 'consent.news': 'on', _hp: '1' })
  t.equal(kept.lead_id, null)
  service.setNow(day(1))
  await service.call('POST', `/v1/form-submissions/${kept.id}/release`)
  await service.drain()
  const { lead_id } = (await service.call('GET', `/v1/form-submissions/${kept.id}`)).json()
  t.match(await ledgerOf(lead_id), [{ occurred_at: NOON.toISOString(), recorded_at: day(1).toISOString() }])
  await service.call('POST', `/v1/form-submissions/${kept.id}/reprocess`)
  await service.drain()
  t.equal((await ledgerOf(lead_id)).length, 1, 'a replay adds nothing')
})

t.test('a required consent is asked for by name', async (t) => {
  const form = await makeForm(service, 'required', {
    ...FORM,
    locales: [],
    consents: [{ key: 'terms', purpose: 'service', channel: 'any', text: 'I agree.', required: true }],
  })
  const answer = await form.submit({ email: 'x@consent.test' })
  t.equal(answer.statusCode, 400)
  t.match(answer.json().errors, [{ pointer: '/consent.terms', code: 'required' }])
})

t.test('an entry through the API is checked, and its proof recomputed', async (t) => {
  const form = await makeForm(service, 'api', FORM)
  const { lead_id } = await form.process({ email: 'api@consent.test' })
  const post = (body: object) => service.call('POST', `/v1/leads/${lead_id}/consents`, body)
  const grant = { purpose: 'marketing', channel: 'email', action: 'granted' }
  const faults: [more: object, pointer: string][] = [
    [{ purpose: 'all' }, '/purpose'],
    [{ action: 'perhaps' }, '/action'],
    [{ channel: 'pigeon' }, '/channel'],
    [{ occurred_at: day(1).toISOString() }, '/occurred_at'],
    [{ occurred_at: '2025-02-30T00:00:00Z' }, '/occurred_at'],
    [{ occurred_at: '2024-12-31T23:59:60Z' }, '/occurred_at'],
    [{ expires_at: day(-1).toISOString() }, '/expires_at'],
    [{ action: 'withdrawn', expires_at: day(9).toISOString() }, '/expires_at'],
    [{ wording: TEXT, wording_hash: sha256('another') }, '/wording_hash'],
    [{ unknown: 1 }, '/unknown'],
  ]
  for (const [more, pointer] of faults) {
    const answer = await post({ ...grant, ...more })
    t.equal(answer.statusCode, 400, JSON.stringify(more))
    t.equal(answer.json().errors[0].pointer, pointer)
  }
  const made = await post({ ...grant, wording: TEXT, expires_at: day(10).toISOString(), locale: 'en' })
  t.match(made.json(), { wording_hash: sha256(TEXT), method: 'api', actor: /^key_/ })
  t.same((await service.call('GET', String(made.headers['location']))).json(), made.json(), 'read back as it was made')
  t.equal((await ask(lead_id, 'email', day(9))).allowed, true)
  t.equal((await ask(lead_id, 'email', day(10))).reason, 'expired')
  const key = { headers: { 'idempotency-key': 'consent-1' } }
  const first = await service.call('POST', `/v1/leads/${lead_id}/consents`, grant, key)
  const again = await service.call('POST', `/v1/leads/${lead_id}/consents`, grant, key)
  t.equal(again.json().id, first.json().id)
  t.equal((await ledgerOf(lead_id)).length, 2)
})

t.test('the ledger is paged, append-only for the service, and closed to other tenants', async (t) => {
  const form = await makeForm(service, 'closed', FORM)
  const { lead_id } = await form.process({ email: 'closed@consent.test', 'consent.news': 'on' })
  for (let i = 0; i < 4; i++)
    await service.call('POST', `/v1/leads/${lead_id}/consents`, {
      purpose: 'marketing',
      channel: 'sms',
      action: 'granted',
    })
  const seen: string[] = []
  for (let cursor = ''; ; ) {
    const page = (await service.call('GET', `/v1/leads/${lead_id}/consents?limit=2${cursor}`)).json()
    seen.push(...page.data.map(({ id }: { id: string }) => id))
    if (!page.has_more) break
    cursor = `&cursor=${page.next_cursor}`
  }
  t.equal(new Set(seen).size, 5)
  const rights = await service.ctx.db.query<{ privilege_type: string }>(
    `SELECT privilege_type FROM information_schema.role_table_grants WHERE table_name = 'consents' AND grantee = 'leadwell_app' ORDER BY 1`,
  )
  t.same(
    rights.map(({ privilege_type }) => privilege_type),
    ['INSERT', 'SELECT'],
  )
  const other = await service.makeWorkspace()
  const foreign = { headers: { authorization: `Bearer ${other.key}` } }
  const entry = { purpose: 'marketing', channel: 'email', action: 'withdrawn' }
  t.equal((await service.call('GET', `/v1/leads/${lead_id}/consents`, undefined, foreign)).statusCode, 404)
  t.equal((await service.call('POST', `/v1/leads/${lead_id}/consents`, entry, foreign)).statusCode, 404)
  const url = `/v1/leads/${lead_id}/contact-permission?purpose=marketing&channel=email`
  t.equal((await service.call('GET', url, undefined, foreign)).statusCode, 404)
  t.equal((await service.call('GET', `/v1/leads/${lead_id}/contact-permission?purpose=marketing`)).statusCode, 400)
  t.equal((await service.call('GET', `${url}&at=2025-02-30T00:00:00Z`)).statusCode, 400)
  t.equal((await ledgerOf(lead_id)).length, 5)
})
