// Webhook endpoints as a resource: what may be saved, what is shown, what is told.
import type { LightMyRequestResponse } from 'fastify'
import t from 'tap'
import { rowsOf } from '../helpers/rows.ts'
import { testService } from '../helpers/service.ts'
import { makeEndpoint, makeLead, readEndpoint } from '../helpers/webhooks.ts'

const URL_OK = 'https://hooks.engines.test/leadwell'

t.test('an endpoint is made, read, changed and removed; its secret is shown once and stored sealed', async (t) => {
  const service = await testService(t)
  const { call } = service
  const made = await call('POST', '/v1/webhook-endpoints', {
    url: `${URL_OK}?token=hidden-in-logs`,
    headers: { authorization: 'Bearer receiver-secret' },
  })
  t.equal(made.statusCode, 201)
  t.equal(made.headers['cache-control'], 'no-store')
  const { secret, ...shown } = made.json()
  t.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  t.match(shown, { types: [], condition: null, state: 'enabled', coalesce_seconds: 0, header_names: ['authorization'] })
  t.match(made.headers, { location: `/v1/webhook-endpoints/${shown.id}`, etag: shown.etag })
  t.strictSame(await readEndpoint(service, shown.id), shown, 'read without the secret')
  const stored = JSON.stringify(await rowsOf(service, 'webhook_endpoints'))
  t.notMatch(stored, secret.slice(6))
  t.notMatch(stored, 'receiver-secret')
  const everythingTold = (await call('GET', '/v1/changes')).body + (await call('GET', '/v1/audit-log')).body
  for (const hidden of [secret, 'receiver-secret', 'hidden-in-logs']) t.notMatch(everythingTold, hidden)

  const path = `/v1/webhook-endpoints/${shown.id}`
  const stale = await call('PATCH', path, { description: 'x' }, { headers: { 'if-match': '"v9"' } })
  t.equal(stale.statusCode, 412)
  const changed = await call(
    'PATCH',
    path,
    { description: 'CRM', headers: {} },
    { headers: { 'if-match': shown.etag } },
  )
  t.match(changed.json(), { description: 'CRM', header_names: [], url: shown.url })
  t.not(changed.json().etag, shown.etag)
  const same = await call('PATCH', path, { description: 'CRM' })
  t.equal(same.json().etag, changed.json().etag, 'the same again changes nothing')
  const disabled = (await call('PATCH', path, { state: 'disabled' })).json()
  t.match(disabled, { state: 'disabled', disabled_reason: 'by_request', sequence: null })
  t.equal((await call('POST', `${path}/test`, {})).statusCode, 409)

  t.equal((await call('DELETE', path)).statusCode, 204)
  t.equal((await call('GET', path)).statusCode, 404)
  t.equal((await call('DELETE', path)).statusCode, 404)
  t.same((await call('GET', '/v1/webhook-endpoints')).json().data, [])
  const told = (await call('GET', '/v1/changes?types=webhook_endpoint.*')).json().data
  t.same(
    told.map(({ type }: { type: string }) => type.split('.')[1]),
    ['created', 'updated', 'updated', 'deleted'],
  )
})

t.test('what must not be called cannot be saved', async (t) => {
  const { call } = await testService(t)
  const refused: Record<string, string> = {
    'http://hooks.engines.test/': 'https_required',
    'ftp://hooks.engines.test/': 'scheme_refused',
    'https://user:pass@hooks.engines.test/': 'credentials_refused',
    'https://hooks.engines.test:8443/': 'port_refused',
    'https://127.0.0.1/': 'address_refused',
    'https://2130706433/': 'address_refused',
    'https://0x7f.1/': 'address_refused',
    'https://[::1]/': 'address_refused',
    'https://[::ffff:10.0.0.1]/': 'address_refused',
    'https://169.254.169.254/latest/': 'address_refused',
    'https://localhost/': 'address_refused',
    'https://db.internal/': 'address_refused',
  }
  for (const [url, code] of Object.entries(refused)) {
    const answer = await call('POST', '/v1/webhook-endpoints', { url })
    t.equal(answer.statusCode, 400, url)
    t.match(answer.json(), { code: 'validation_failed', errors: [{ code, pointer: '/url' }] }, url)
  }
  const { id } = (await call('POST', '/v1/webhook-endpoints', { url: URL_OK })).json()
  t.equal((await call('PATCH', `/v1/webhook-endpoints/${id}`, { url: 'https://10.0.0.1/' })).statusCode, 400)
  t.equal((await call('PATCH', `/v1/webhook-endpoints/${id}`, { url: 'nowhere' })).statusCode, 400)
})

t.test('a name that leads inside is not called: the wall stands at the connection too', async (t) => {
  // Names of the hosts file need no network: each machine knows itself by one.
  const service = await testService(t, { OUTBOUND_PORTS: '80,443,9' })
  const endpoint = await makeEndpoint(service, `https://ip6-localhost:9/`, { types: ['lead.created'] })
  await makeLead(service)
  await service.drain()
  const { data } = (await service.call('GET', `/v1/webhook-deliveries?endpoint_id=${endpoint.id}`)).json()
  t.match(data, [{ state: 'pending', last_status: null, last_error: /^(address_refused|unreachable)$/ }])
})

t.test('every fault of a request is named with its place', async (t) => {
  const { call } = await testService(t)
  const answer = await call('POST', '/v1/webhook-endpoints', {
    url: 'http://hooks.engines.test/',
    types: ['lead.*', 'leed.created'],
    headers: {
      'Webhook-Id': 'mine',
      host: 'other',
      'bad name': '1',
      'x-a': '1',
      'X-A': '2',
      'x-b': 'a\r\nx: y',
      'x-c': 'ä',
    },
  })
  t.equal(answer.statusCode, 400)
  const { errors } = answer.json()
  t.same(
    errors.map(({ code, pointer }: { code: string; pointer: string }) => `${pointer} ${code}`),
    [
      '/url https_required',
      '/types/1 unknown_type',
      '/headers/Webhook-Id reserved',
      '/headers/host reserved',
      '/headers/bad name invalid_format',
      '/headers/X-A duplicate',
      '/headers/x-b invalid_format',
      '/headers/x-c invalid_format',
    ],
  )
  const condition = { any: [{ all: [{ field: 'cuntry', op: 'eq', value: 'DE' }] }] }
  const filtered = await call('POST', '/v1/webhook-endpoints', { url: URL_OK, condition })
  t.match(filtered.json(), { code: 'invalid_filter', errors: [{ pointer: '/condition/any/0/all/0/field' }] })
})

t.test('deliveries of another workspace do not exist', async (t) => {
  const service = await testService(t)
  const { id } = await makeEndpoint(service, URL_OK)
  const other = await service.makeWorkspace()
  const headers = { authorization: `Bearer ${other.key}` }
  for (const [method, path] of [
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/test'],
    ['POST', '/rotate-secret'],
  ] as const) {
    const body = method === 'GET' || method === 'DELETE' || path === '/rotate-secret' ? undefined : {}
    const answer = await service.call(method, `/v1/webhook-endpoints/${id}${path}`, body, { headers })
    t.equal(answer.statusCode, 404, `${method} ${path}`)
  }
  t.same(
    (await service.call('GET', `/v1/webhook-deliveries?endpoint_id=${id}`, undefined, { headers })).json().data,
    [],
  )
})

t.test('lists go page by page', async (t) => {
  const service = await testService(t)
  const { call } = service
  const ids: string[] = []
  for (let i = 0; i < 5; i++) ids.unshift((await makeEndpoint(service, `${URL_OK}/${i}`)).id)
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const answer: LightMyRequestResponse = await call(
      'GET',
      `/v1/webhook-endpoints?limit=2${cursor && `&cursor=${cursor}`}`,
    )
    const page = answer.json()
    seen.push(...page.data.map(({ id }: { id: string }) => id))
    cursor = page.next_cursor
  }
  t.same(seen, ids)
  await call('PATCH', `/v1/webhook-endpoints/${ids[0]}`, { state: 'disabled' })
  const { data } = (await call('GET', '/v1/webhook-endpoints?state=disabled')).json()
  t.same(
    data.map(({ id }: { id: string }) => id),
    [ids[0]],
  )
})
