// Budgets of requests: told on every answer, refused with 429 when used up, counted for the right holder.
import t from 'tap'
import { balanceHeaders, createBudget } from '../../src/http/limits/budget.ts'
import { networkOfCaller } from '../../src/http/limits/network-of-caller.ts'
import { rowsOf } from '../helpers/rows.ts'
import { type TestService, testService } from '../helpers/service.ts'

const VISITOR = '203.0.113.7'
const SUBMISSIONS = '/v1/public/forms/demo/submissions'

function submit(service: TestService, email: string, more: { from?: string; headers?: Record<string, string> } = {}) {
  return service.app.inject({
    method: 'POST',
    url: SUBMISSIONS,
    payload: { email, full_name: 'Ada' },
    remoteAddress: more.from ?? VISITOR,
    headers: more.headers ?? {},
  })
}

t.test('a budget counts each holder alone and is whole again after its window', async (t) => {
  let now = 0
  const take = createBudget({ name: 'default', quota: 2, windowSeconds: 10 }, () => now)
  t.match(take('a'), { remaining: 1, resetSeconds: 10, isExceeded: false })
  now = 4_001
  t.match(take('a'), { remaining: 0, resetSeconds: 6, isExceeded: false })
  t.match(take('a'), { remaining: 0, isExceeded: true })
  t.match(take('b'), { remaining: 1, resetSeconds: 10, isExceeded: false }, 'its own window')
  now = 10_000
  t.match(take('a'), { remaining: 1, resetSeconds: 10, isExceeded: false })
  t.strictSame(balanceHeaders([take('a'), take('b')]), {
    'ratelimit-policy': '"default";q=2;w=10, "default";q=2;w=10',
    ratelimit: '"default";r=0;t=10, "default";r=0;t=5',
  })
})

t.test('the memory of a budget is bounded', async (t) => {
  const take = createBudget({ name: 'network', quota: 1, windowSeconds: 60 }, () => 0)
  take('first')
  for (let i = 0; i < 60_000; i++) take(`network ${i}`)
  t.equal(take('first').isExceeded, false, 'the oldest was forgotten')
  t.equal(take('network 59999').isExceeded, true)
})

t.test('networks are those of the internet', async (t) => {
  t.equal(networkOfCaller('203.0.113.7'), '203.0.113.0/24')
  t.equal(networkOfCaller('203.0.113.250'), '203.0.113.0/24')
  t.equal(networkOfCaller('2001:4860:4860::8888'), '2001:4860:4860::/48')
  for (const inside of [
    '127.0.0.1',
    '::1',
    '10.1.2.3',
    '192.168.0.9',
    '172.16.0.1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '',
  ]) {
    t.equal(networkOfCaller(inside), null, inside)
  }
})

t.test('every answer to a key tells the budget, errors too', async (t) => {
  const service = await testService(t, { RATE_LIMIT_DEFAULT: 5, RATE_LIMIT_ANONYMOUS: 3 })
  const restricted = await service.makeKey('restricted', { scopes: ['forms:read'] })
  const read = await service.call('GET', '/v1/leads')
  t.equal(read.headers['ratelimit-policy'], '"default";q=5;w=60')
  t.match(read.headers['ratelimit'], /^"default";r=4;t=(60|59)$/)
  t.match((await service.call('GET', '/v1/leads?limit=0')).headers['ratelimit'], /r=3/, 'a 400')
  t.match((await service.call('GET', '/v1/leads/lead_01k8r5x4q3e7vb2c9m6h0n1d5s')).headers['ratelimit'], /r=2/, 'a 404')
  const forbidden = await service.call('GET', '/v1/leads', undefined, {
    headers: { authorization: `Bearer ${restricted}` },
  })
  t.equal(forbidden.statusCode, 403)
  t.match(forbidden.headers['ratelimit'], /r=4/, 'a 403, of the budget of that key')

  const nobody = (url: string) => service.app.inject({ url, remoteAddress: VISITOR })
  t.match((await nobody('/v1/leads')).headers['ratelimit'], /^"anonymous";r=2;t=\d+$/, 'a 401')
  t.match((await nobody('/v1/nothing')).headers['ratelimit'], /r=1/, 'an address where nothing is')
  t.equal((await nobody('/v1/leads')).statusCode, 401)
  t.equal((await nobody('/v1/leads')).statusCode, 429, 'guessing keys is slow')
  t.equal((await nobody('/healthz')).statusCode, 200, 'health always answers')
})

t.test('a used-up budget is a 429 that says when to come back', async (t) => {
  const service = await testService(t, { RATE_LIMIT_DEFAULT: 2 })
  const other = await service.makeKey('secret')
  await service.call('GET', '/v1/leads')
  await service.call('GET', '/v1/leads')
  const refused = await service.call('GET', '/v1/leads')
  t.equal(refused.statusCode, 429)
  t.match(refused.json(), { code: 'rate_limited', violated_policies: ['default'] })
  const [, seconds] = /;t=(\d+)$/.exec(String(refused.headers['ratelimit'])) ?? []
  t.ok(Number(refused.headers['retry-after']) >= Number(seconds), 'not earlier than the budget is whole')
  const fine = await service.call('GET', '/v1/leads', undefined, { headers: { authorization: `Bearer ${other}` } })
  t.equal(fine.statusCode, 200, 'another key has a budget of its own')
})

t.test('a refused request changes nothing and keeps no answer', async (t) => {
  const service = await testService(t, { RATE_LIMIT_DEFAULT: 1 })
  await service.call('GET', '/v1/leads')
  const refused = await service.call(
    'POST',
    '/v1/leads',
    { email: 'a@example.org' },
    { headers: { 'idempotency-key': '1' } },
  )
  t.equal(refused.statusCode, 429)
  t.equal((await rowsOf(service, 'leads')).length + (await rowsOf(service, 'idempotency_keys')).length, 0)
})

t.test('submissions are counted for form and network, never by what they say', async (t) => {
  const service = await testService(t, { RATE_LIMIT_CAPTURE_NETWORK: 3, RATE_LIMIT_CAPTURE_FORM: 5 })
  const first = await submit(service, 'a1@example.org')
  t.equal(first.statusCode, 202)
  t.equal(first.headers['ratelimit-policy'], '"network";q=3;w=60, "form";q=5;w=10')
  for (const email of ['a2@example.org', 'a3@example.org']) t.equal((await submit(service, email)).statusCode, 202)
  const refused = await submit(service, 'another@example.org', { headers: { origin: 'https://shop.example' } })
  t.equal(refused.statusCode, 429)
  t.strictSame(refused.json<{ violated_policies: string[] }>().violated_policies, ['network'])
  t.equal(refused.headers['access-control-allow-origin'], 'https://shop.example', 'the page can read it')
  t.match(refused.headers['access-control-expose-headers'], /Retry-After/)
  t.equal((await submit(service, 'a4@example.org', { from: '203.0.113.99' })).statusCode, 429, 'the same network')
  t.equal((await submit(service, 'a5@example.org', { from: '198.51.100.1' })).statusCode, 202, 'another network')
  t.equal(
    (await submit(service, 'a7@example.org', { from: '198.51.100.1' })).statusCode,
    202,
    'refusals cost it nothing',
  )
  t.equal((await submit(service, 'a6@example.org', { from: '198.51.100.1' })).statusCode, 429, 'the form is used up')
})

t.test('nobody names an address of their own', async (t) => {
  const service = await testService(t, { RATE_LIMIT_CAPTURE_NETWORK: 1 })
  await submit(service, 'a1@example.org', { headers: { 'x-forwarded-for': '198.51.100.1' } })
  const rotated = await submit(service, 'a2@example.org', { headers: { 'x-forwarded-for': '198.51.100.2' } })
  t.equal(rotated.statusCode, 429, 'without a proxy the header is nothing')

  const behind = await testService(t, { RATE_LIMIT_CAPTURE_NETWORK: 1, TRUST_PROXY_HOPS: 1 })
  const through = (forwarded: string, email: string) =>
    submit(behind, email, { from: '10.0.0.1', headers: { 'x-forwarded-for': forwarded } })
  t.equal((await through('6.6.6.6, 198.51.100.1', 'a1@example.org')).statusCode, 202)
  t.equal((await through('7.7.7.7, 198.51.100.1', 'a2@example.org')).statusCode, 429, 'only the proxy is believed')
  t.equal((await through('7.7.7.7, 192.0.3.1', 'a3@example.org')).statusCode, 202)
})

t.test('what loads a form or passes submissions on does not use up the budget of visitors', async (t) => {
  const service = await testService(t, { RATE_LIMIT_CAPTURE_NETWORK: 1, RATE_LIMIT_CAPTURE_FORM: 2 })
  for (let i = 0; i < 5; i++) {
    const form = await service.app.inject({ url: '/v1/public/forms/demo', remoteAddress: VISITOR })
    t.equal(form.statusCode, 200)
    const preflight = await service.app.inject({ method: 'OPTIONS', url: SUBMISSIONS, remoteAddress: VISITOR })
    t.equal(preflight.statusCode, 204)
  }
  const authorization = `Bearer ${service.key}`
  t.equal((await submit(service, 'a1@example.org', { headers: { authorization } })).statusCode, 202)
  t.equal((await submit(service, 'a2@example.org', { headers: { authorization } })).statusCode, 202)
  t.equal(
    (await submit(service, 'a3@example.org', { headers: { authorization } })).statusCode,
    429,
    'but the form has a limit',
  )
})

t.test('counting costs next to nothing', async (t) => {
  const take = createBudget({ name: 'default', quota: 1e9, windowSeconds: 60 })
  const holders = Array.from({ length: 1_000 }, (_, i) => `key ${i}`)
  const perRequest = () => {
    const begun = performance.now()
    for (let i = 0; i < 20_000; i++) balanceHeaders([take(holders[i % 1_000] ?? '')])
    return ((performance.now() - begun) / 20_000) * 1000
  }
  perRequest()
  const microseconds = Math.min(...Array.from({ length: 5 }, perRequest))
  t.comment(`${microseconds.toFixed(2)} us a request`)
  t.ok(microseconds < 20, 'ten times the goal of 2 us, for slow and busy machines')
})
