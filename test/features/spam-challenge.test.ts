// Widgets of others: their verifiers are asked by the pipeline, once for each answer, and never decide by being down.
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { makeForm, readSubmission } from '../helpers/forms.ts'
import { testService } from '../helpers/service.ts'

/** A verifier: the answer `good…` is worth something the first time. */
const asked: { path: string; secret: string | null; response: string | null }[] = []
const spent = new Set<string>()
let mode: 'up' | 'error' = 'up'
const server = http.createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    const form = new URLSearchParams(body)
    const answer = form.get('response') ?? ''
    asked.push({ path: request.url ?? '', secret: form.get('secret'), response: answer })
    if (mode === 'error') return void response.writeHead(500).end('<html>')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(replyTo(form.get('secret') ?? '', answer)))
  })
})

function replyTo(secret: string, answer: string) {
  if (secret !== 'the-secret') return { success: false, 'error-codes': ['invalid-input-secret'] }
  if (!answer.startsWith('good') || spent.has(answer))
    return { success: false, 'error-codes': ['timeout-or-duplicate'] }
  spent.add(answer)
  const score = /score=([\d.]+)/.exec(answer)?.[1]
  const hostname = /host=([\w.]+)/.exec(answer)?.[1] ?? 'shop.test'
  return { success: true, hostname, ...(score && { score: Number(score) }) }
}

await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
const { port } = server.address() as AddressInfo
const base = `http://127.0.0.1:${port}`
t.teardown(() => {
  server.closeAllConnections()
  server.close()
})

const service = await testService(t, {
  OUTBOUND_TRUSTED_HOSTS: `127.0.0.1:${port}`,
  TURNSTILE_VERIFY_URL: `${base}/turnstile`,
  HCAPTCHA_VERIFY_URL: `${base}/hcaptcha`,
  RECAPTCHA_VERIFY_URL: `${base}/recaptcha`,
})
const widget = (challenge: string, more: object = {}) => ({
  spam: { challenge, challenge_site_key: 'site', ...more },
  challenge_secret: 'the-secret',
})
let n = 0
const person = () => ({ email: `p${++n}@example.org` })

t.test('each widget is verified under the name that it gives its answer', async (t) => {
  const kinds = [
    ['turnstile', 'cf-turnstile-response'],
    ['hcaptcha', 'h-captcha-response'],
    ['recaptcha', 'g-recaptcha-response'],
    ['turnstile', '_challenge'],
  ] as const
  for (const [i, [kind, name]] of kinds.entries()) {
    const form = await makeForm(service, `${kind}_${i}`, widget(kind))
    const before = asked.length
    const solved = await form.process({ ...person(), [name]: `good-${i}` })
    t.equal(solved.state, 'processed')
    t.same(asked.slice(before), [{ path: `/${kind}`, secret: 'the-secret', response: `good-${i}` }])
    t.notOk(name in solved.fields, 'the answer is no field of the person')
    t.same((await form.process({ ...person(), [name]: `good-${i}` })).reasons, ['challenge_failed'], 'good once')
    t.same((await form.process({ ...person(), [name]: 'bad' })).reasons, ['challenge_failed'])
    t.same((await form.process(person())).reasons, ['challenge_missing'])
    t.same((await form.process({ ...person(), [name]: '' })).reasons, ['challenge_missing'])
  }
})

t.test('an answer of another site and a low score are worth nothing', async (t) => {
  const form = await makeForm(service, 'strict', {
    ...widget('recaptcha', { challenge_min_score: 0.7 }),
    allowed_origins: ['https://shop.test'],
  })
  t.equal((await form.process({ ...person(), _challenge: 'good a score=0.7' })).state, 'processed')
  t.same((await form.process({ ...person(), _challenge: 'good b score=0.6' })).reasons, ['challenge_failed'])
  t.same((await form.process({ ...person(), _challenge: 'good c host=evil.test' })).reasons, ['challenge_failed'])
})

t.test('a replay does not ask twice', async (t) => {
  const form = await makeForm(service, 'replayed', widget('turnstile'))
  const solved = await form.process({ ...person(), _challenge: 'good-replay' })
  const before = asked.length
  await service.call('POST', `/v1/form-submissions/${solved.id}/reprocess`)
  await service.drain()
  t.equal((await readSubmission(service, solved.id)).state, 'processed')
  t.equal(asked.length, before)
})

t.test('a wrong secret is the fault of the owner: quarantine, and other forms go on', async (t) => {
  const wrong = await makeForm(service, 'wrong', { ...widget('turnstile'), challenge_secret: 'another' })
  const right = await makeForm(service, 'right', widget('turnstile'))
  t.same((await wrong.process({ ...person(), _challenge: 'good-w' })).reasons, ['verifier_unavailable'])
  t.equal((await right.process({ ...person(), _challenge: 'good-r' })).state, 'processed')
})

t.test('the secret is stored sealed, shown nowhere, kept by a change of the form and removed by null', async (t) => {
  const form = await makeForm(service, 'sealed', widget('hcaptcha'))
  const read = await service.call('GET', '/v1/forms/sealed')
  t.equal(read.json().has_challenge_secret, true)
  const again = await service.call(
    'PUT',
    '/v1/forms/sealed',
    { title: 'Renamed', fields: [{ name: 'email', type: 'email', maps_to: 'email' }], spam: widget('hcaptcha').spam },
    { headers: { 'if-match': read.json().etag } },
  )
  t.match(again.json(), { has_challenge_secret: true, version: 2 })
  t.equal((await form.process({ ...person(), _challenge: 'good-sealed' })).state, 'processed')

  const everything = [
    read.body,
    again.body,
    (await service.call('GET', '/v1/forms/sealed/versions')).body,
    (await service.call('GET', '/v1/changes?limit=200')).body,
    (await service.app.inject({ url: `/v1/public/forms/${form.publicKey}` })).body,
  ].join('')
  t.notOk(everything.includes('the-secret'))
  for (const { table_name: name } of await service.ctx.db.query<{ table_name: string }>(
    `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`,
  )) {
    const [found] = await service.ctx.db.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM "${name}" t WHERE t::text LIKE '%the-secret%' OR t::text LIKE '%${Buffer.from('the-secret').toString('hex')}%'`,
    )
    t.equal(found?.n, 0, `${name} does not hold it`)
  }
  const removed = await service.call(
    'PUT',
    '/v1/forms/sealed',
    { title: 'Renamed', fields: [{ name: 'email', type: 'email' }], challenge_secret: null },
    { headers: { 'if-match': again.json().etag } },
  )
  t.match(removed.json(), { has_challenge_secret: false, spam: { challenge: 'none' } })
  const without = await service.call('PUT', '/v1/forms/no_secret', {
    title: 'A form',
    fields: [{ name: 'email', type: 'email' }],
    spam: { challenge: 'turnstile', challenge_site_key: 'site' },
  })
  t.equal(without.statusCode, 400)
  t.equal(without.json().errors[0].pointer, '/challenge_secret')
})

t.test('a verifier that is down: quarantine, not asked again for a while, and a release lets all go on', async (t) => {
  const form = await makeForm(service, 'down', widget('hcaptcha'))
  mode = 'error'
  t.teardown(() => {
    mode = 'up'
  })
  const first = await form.process({ ...person(), _challenge: 'good-d1' })
  t.match(first, { state: 'quarantined', reasons: ['verifier_unavailable'] })
  const before = asked.length
  for (let i = 0; i < 5; i++) {
    const next = await form.process({ ...person(), _challenge: `good-d${i + 2}` })
    t.same(next.reasons, ['verifier_unavailable'])
  }
  t.equal(asked.length, before, 'it is left alone')
  await service.call('POST', `/v1/form-submissions/${first.id}/release`)
  await service.drain()
  t.equal((await readSubmission(service, first.id)).state, 'processed')
})
