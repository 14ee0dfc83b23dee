import { createHash } from 'node:crypto'
import t from 'tap'
import { formClient, makeForm, readSubmission, type Submission, workInBackground } from '../helpers/forms.ts'
import { testService } from '../helpers/service.ts'

const service = await testService(t, { TRUST_PROXY_HOPS: 1 })

let made = 0
/** A form of its own for each test; they share the service. */
const newForm = (definition: Record<string, unknown> = {}) => makeForm(service, `form_${++made}`, definition)

const NOON = new Date('2025-03-04T12:00:00.000Z')
const later = (seconds: number) => new Date(NOON.getTime() + seconds * 1000)

t.beforeEach(() => service.setNow(NOON))

t.test('a filled honeypot is answered like any other and makes no lead', async (t) => {
  const form = await newForm()
  const good = await form.submit({ email: 'ada@example.org' })
  const bad = await form.submit({ email: 'bot@example.org', _hp: 'http://spam.test' })
  t.equal(bad.statusCode, 202)
  t.same(Object.keys(bad.json()), Object.keys(good.json()))
  t.equal(bad.json().message, good.json().message)
  await service.drain()

  const submission = await readSubmission(service, bad.json().submission_id)
  t.match(submission, { state: 'quarantined', outcome: 'quarantined', reasons: ['honeypot_filled'], lead_id: null })
  t.same(submission.spam, {
    verdict: 'quarantine',
    score: 100,
    reasons: [{ code: 'honeypot_filled', weight: 100 }],
  })
  t.equal(submission.fields['_hp'], 'http://spam.test', 'nothing that was sent is deleted')
  t.same((await service.call('GET', '/v1/leads?email=bot@example.org')).json().data, [], 'no lead is made')
  t.equal((await service.call('GET', '/v1/leads?email=ada@example.org')).json().data.length, 1)
  const changes = await quarantineChanges(submission.id)
  t.equal(changes.length, 1)
  t.match(changes[0]?.data, { form_submission: { state: 'quarantined' }, previous: { state: 'received' } })
})

t.test('a waiting visitor is not told that it was seen through, its owner is', async (t) => {
  const form = await newForm()
  t.teardown(workInBackground(service))
  const submit = async (n: number, headers: Record<string, string>) => {
    const fields = { email: 'bot@example.org', _hp: 'x', n }
    return (await form.submit(fields, { headers: { prefer: 'wait=9', ...headers } })).json().state
  }
  t.equal(await submit(1, {}), 'processed')
  t.equal(await submit(2, { authorization: `Bearer ${service.key}` }), 'quarantined')
})

t.test('quarantine is listed, released one by one or together, and processed as if just arrived', async (t) => {
  const form = await newForm()
  const ids: string[] = []
  for (const name of ['a', 'b', 'c']) ids.push((await form.process({ email: `${name}@quarantine.test`, _hp: 'x' })).id)
  const fine = await form.process({ email: 'fine@example.org' })
  const quarantine = `/v1/form-submissions?state=quarantined&form_key=${form.formKey}`
  const listed = (await service.call('GET', `${quarantine}&limit=2`)).json()
  t.same(
    listed.data.map((row: { id: string }) => row.id),
    [ids[2], ids[1]],
    'newest first',
  )
  t.ok(listed.has_more)

  service.setNow(later(3600))
  const one = await service.call('POST', `/v1/form-submissions/${ids[0]}/release`)
  t.equal(one.statusCode, 202)
  await service.drain()
  const released = await readSubmission(service, ids[0] ?? '')
  t.match(released, { state: 'processed', outcome: 'created', received_at: NOON.toISOString() })
  t.match(released.released_by, /^key_/)
  const lead = (await service.call('GET', `/v1/leads/${released.lead_id}`)).json()
  t.equal(lead.email, 'a@quarantine.test')
  const touches = (await service.call('GET', `/v1/leads/${released.lead_id}/touches`)).json().data
  t.equal(touches[0].occurred_at, NOON.toISOString(), 'it happened when it happened')

  const again = await service.call('POST', `/v1/form-submissions/${ids[0]}/release`)
  t.equal(again.statusCode, 409)
  const unknown = fine.id.replace(/.{4}$/, '0000')
  const batch = await service.call('POST', '/v1/form-submissions/batch/release', {
    submission_ids: [ids[1], fine.id, unknown, ids[2]],
  })
  t.equal(batch.statusCode, 207)
  t.match(batch.json(), {
    succeeded: 2,
    failed: 2,
    results: [
      { index: 0, status: 202, outcome: 'released', id: ids[1], error: null },
      { index: 1, status: 409, outcome: 'failed', id: fine.id, error: { code: 'conflict' } },
      { index: 2, status: 404, outcome: 'failed', id: unknown, error: { code: 'not_found' } },
      { index: 3, status: 202, outcome: 'released', id: ids[2], error: null },
    ],
  })
  await service.drain()
  for (const id of ids) t.equal((await readSubmission(service, id)).outcome, 'created')
  t.same((await service.call('GET', quarantine)).json().data, [])
  const other = await service.makeWorkspace()
  const foreign = await service.call('POST', `/v1/form-submissions/${fine.id}/quarantine`, undefined, {
    headers: { authorization: `Bearer ${other.key}` },
  })
  t.equal(foreign.statusCode, 404)
})

t.test('what a person marks as spam waits in quarantine; its lead stays', async (t) => {
  const form = await newForm()
  const submission = await form.process({ email: 'marked@example.org' })
  const marked = await service.call('POST', `/v1/form-submissions/${submission.id}/quarantine`)
  t.equal(marked.statusCode, 200)
  t.match(marked.json(), { state: 'quarantined', reasons: ['marked_by_person'], lead_id: submission.lead_id })
  const again = await service.call('POST', `/v1/form-submissions/${submission.id}/quarantine`)
  t.equal(again.statusCode, 200, 'marking it again changes nothing')
  t.equal((await service.call('GET', `/v1/leads/${submission.lead_id}`)).statusCode, 200)
  const changes = await quarantineChanges(submission.id)
  t.equal(changes.length, 1)
  t.match(changes[0]?.data, { previous: { state: 'processed' } })

  await service.call('POST', `/v1/form-submissions/${submission.id}/release`)
  await service.drain()
  t.match(await readSubmission(service, submission.id), {
    state: 'processed',
    outcome: 'unchanged',
    lead_id: submission.lead_id,
  })
  const fresh = await form.submit({ email: 'waiting@example.org' })
  const early = await service.call('POST', `/v1/form-submissions/${fresh.json().submission_id}/quarantine`)
  t.equal(early.json().state, 'quarantined', 'one that still waits for the pipeline can be marked too')
  await service.drain()
  t.equal((await readSubmission(service, fresh.json().submission_id)).state, 'quarantined')
})

t.test('a timing token is good for its form, for its time, and not at once', async (t) => {
  service.setNow(NOON)
  const spam = { require_token: true, min_seconds: 3, token_lifetime_seconds: 600 }
  const form = await newForm({ spam })
  const other = await newForm({ spam })
  const tokenOf = async (client: typeof form) => (await client.render())['timing_token']
  const reasonsAt = async (seconds: number, fields: Record<string, unknown>) => {
    service.setNow(later(seconds))
    const { reasons, state } = await form.process({ ...fields, email: `p${seconds}@example.org` })
    return [state, ...reasons]
  }
  const token = await tokenOf(form)
  const forged = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`
  const cases: [why: string, seconds: number, fields: Record<string, unknown>, expected: string[]][] = [
    ['none', 4, {}, ['quarantined', 'token_missing']],
    ['too fast', 2, { _token: await tokenOf(form) }, ['quarantined', 'too_fast']],
    ['right', 5, { _token: token }, ['processed']],
    ['used', 6, { _token: token }, ['quarantined', 'token_reused']],
    ['forged', 7, { _token: forged }, ['quarantined', 'token_forged']],
    ['not a token', 8, { _token: 'abc' }, ['quarantined', 'token_forged']],
    ['of another form', 9, { _token: await tokenOf(other) }, ['quarantined', 'token_of_other_form']],
    ['too old', 601, { _token: await tokenOf(form) }, ['quarantined', 'token_expired']],
  ]
  for (const [why, seconds, fields, expected] of cases) {
    service.setNow(NOON)
    t.same(await reasonsAt(seconds, fields), expected, why)
  }
})

t.test('a token from the future was not made by this service', async (t) => {
  service.setNow(later(86_400))
  const form = await newForm({ spam: { require_token: true } })
  const { timing_token } = await form.render()
  service.setNow(NOON)
  t.same((await form.process({ email: 'a@example.org', _token: timing_token })).reasons, ['token_forged'])
})

t.test('one solved challenge lets one of 100 parallel submissions through', async (t) => {
  const form = await newForm({
    spam: { challenge: 'proof_of_work', proof_of_work_bits: 10, min_seconds: 0, max_per_form: 1000 },
  })
  const { timing_token, proof_of_work_bits } = await form.render()
  const _pow = solve(timing_token, proof_of_work_bits ?? 0)
  service.setNow(later(10))
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => form.submit({ email: `p${i}@example.org`, _token: timing_token, _pow })),
  )
  t.ok(answers.every((answer) => answer.statusCode === 202))
  await Promise.all([service.drain(), service.drain(), service.drain()])
  const all = await listSubmissions(form.formKey)
  t.equal(all.filter(({ state }) => state === 'processed').length, 1)
  t.equal(all.filter(({ state, reasons }) => state === 'quarantined' && reasons[0] === 'token_reused').length, 99)
  t.equal(all.filter(({ lead_id }) => lead_id !== null).length, 1, 'one lead')
})

t.test('a proof of work needs the work, over the token of the form', async (t) => {
  const form = await newForm({
    spam: { challenge: 'proof_of_work', proof_of_work_bits: 12, min_seconds: 0 },
  })
  const render = async () => {
    service.setNow(NOON)
    const { timing_token } = await form.render()
    service.setNow(later(5))
    return timing_token
  }
  const first = await render()
  const solved = solve(first, 12)
  t.same((await form.process({ email: 'a@example.org', _token: first, _pow: Number(solved) })).state, 'processed')
  t.same((await form.process({ email: 'b@example.org' })).reasons, ['token_missing', 'challenge_missing'])
  t.same((await form.process({ email: 'c@example.org', _token: await render() })).reasons, ['challenge_missing'])
  const lazy = await render()
  t.same((await form.process({ email: 'd@example.org', _token: lazy, _pow: unsolved(lazy, 12) })).reasons, [
    'challenge_failed',
  ])
  const again = await form.process({ email: 'e@example.org', _token: lazy, _pow: '9'.repeat(400) })
  t.ok(again.reasons.includes('challenge_failed'))
})

t.test('a burst from one network ends in quarantine, from a local network it does not', async (t) => {
  const form = await newForm({ spam: { max_per_network: 3 } })
  const from = async (address: string, i: number) =>
    await form.process({ email: `p${i}@example.org` }, { headers: { 'x-forwarded-for': address } })
  const states = []
  for (let i = 0; i < 5; i++) states.push((await from(`198.51.100.${i + 1}`, i)).state)
  t.same(states, ['processed', 'processed', 'processed', 'quarantined', 'quarantined'])
  t.equal((await from('192.0.2.1', 10)).state, 'processed', 'another network is counted apart')
  for (let i = 0; i < 5; i++) t.equal((await from('10.1.2.3', 20 + i)).state, 'processed')
  service.setNow(later(3600))
  t.equal((await from('198.51.100.9', 30)).state, 'processed', 'a new window starts anew')
})

t.test('the counts of one large batch are the same as one by one', async (t) => {
  const form = await newForm({ spam: { max_per_network: 10 } })
  const headers = { 'x-forwarded-for': '198.51.100.7' }
  for (let i = 0; i < 25; i++) await form.submit({ email: `p${i}@example.org` }, { headers })
  await service.drain()
  const all = await listSubmissions(form.formKey)
  const processed = all.filter(({ state }) => state === 'processed')
  t.equal(processed.length, 10)
  const latest = processed.map(({ fields }) => String(fields['email'])).sort()
  t.same(latest, Array.from({ length: 10 }, (_, i) => `p${i}@example.org`).sort(), 'the first ones')
  for (const row of processed) await service.call('POST', `/v1/form-submissions/${row.id}/reprocess`)
  await service.drain()
  const after = await listSubmissions(form.formKey)
  t.equal(after.filter(({ state }) => state === 'processed').length, 10, 'a replay decides alike')
})

t.test('doubts add up: a throw-away address alone passes, with a text that everybody sends it does not', async (t) => {
  const form = await newForm()
  const text = 'We offer the best search engine positions for a very good price, write us'
  const alone = await form.process({ email: 'one@mailinator.com', message: 'Hello' })
  t.match(alone, { state: 'processed', spam: { verdict: 'clean', reasons: [{ code: 'disposable_email' }] } })
  let last = alone
  for (let i = 0; i < 6; i++) last = await form.process({ email: `p${i}@mailinator.com`, message: `${text} ${i}` })
  t.same(last.reasons, ['disposable_email', 'repeated_text'])
  t.equal(last.state, 'quarantined')
  const honest = await form.process({ email: 'honest@example.org', message: `${text} 7` })
  t.equal(honest.state, 'processed', 'the same text from a usual address is only a doubt')
})

t.test('links in a name and link markup speak against a message, a web site in it does not', async (t) => {
  const form = await newForm()
  const cases: [fields: Record<string, string>, state: string, codes: string[]][] = [
    [{ message: 'See https://my.test and https://profile.test/me' }, 'processed', []],
    [{ full_name: 'Win a phone http://spam.test' }, 'quarantined', ['link_in_name']],
    [{ message: '<a href="https://x.test">x</a> https://b.test www.c.test' }, 'quarantined', ['many_links', 'markup']],
    [{ message: '[url=https://x.test]x[/url]' }, 'processed', ['markup']],
  ]
  for (const [i, [fields, state, codes]] of cases.entries()) {
    const submission = await form.process({ email: `p${i}@example.org`, ...fields })
    t.equal(submission.state, state, JSON.stringify(fields))
    t.same(
      (submission.spam?.reasons ?? []).map(({ code }) => code),
      codes,
    )
  }
})

t.test('a form has its own weights, threshold and honeypot', async (t) => {
  const form = await newForm({
    spam: { honeypot_field: 'fax', weights: { disposable_email: 80, honeypot_filled: 0 }, quarantine_at: 80 },
  })
  t.equal((await form.render())['honeypot_field'], 'fax')
  t.equal((await form.process({ email: 'a@example.org', fax: '1' })).state, 'processed')
  t.equal((await form.process({ email: 'a@mailinator.com' })).state, 'quarantined')
})

t.test('the demo form takes what people send', async (t) => {
  const form = formClient(service, 'demo', 'demo')
  const submission = await form.process({
    email: 'ada@example.org',
    full_name: 'Ada Lovelace',
    message: 'Please call.',
  })
  t.match(submission, { state: 'processed', spam: null })
})

async function quarantineChanges(id: string): Promise<{ object_id: string; data: unknown }[]> {
  const { data } = (await service.call('GET', '/v1/changes?types=form_submission.quarantined&limit=200')).json()
  return data.filter((change: { object_id: string }) => change.object_id === id)
}

async function listSubmissions(formKey: string): Promise<Submission[]> {
  return (await service.call('GET', `/v1/form-submissions?limit=200&form_key=${formKey}`)).json().data
}

function bitsOf(token: string, number: string): number {
  return Math.clz32(createHash('sha256').update(`${token}.${number}`).digest().readUInt32BE(0))
}

/** As a browser does it. */
function solve(token: string, bits: number): string {
  for (let n = 0; ; n++) if (bitsOf(token, String(n)) >= bits) return String(n)
}

function unsolved(token: string, bits: number): string {
  for (let n = 0; ; n++) if (bitsOf(token, String(n)) < bits) return String(n)
}
