// API keys by API: made, shown once, limited, rotated, revoked.
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { createMetrics } from '../../src/metrics.ts'
import { testService } from '../helpers/service.ts'

const { app, ctx, makeKey, makeWorkspace } = await testService(t)

const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } })

/** A workspace of its own with its first secret key, and calls with that key. */
async function newWorkspace() {
  const { key, workspaceId } = await makeWorkspace()
  const call = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object, headers: object = {}) =>
    await app.inject({ method, url, ...(payload && { payload }), headers: { ...bearer(key).headers, ...headers } })
  return { key, workspaceId, call }
}

t.test('a key is shown once, works within its scopes, and its secret is stored nowhere', async (t) => {
  const { call } = await newWorkspace()
  const wanted = { name: ' CRM ', kind: 'restricted', scopes: ['leads:write', 'leads:read'], origin: 'hubspot' }
  const made = await call('POST', '/v1/api-keys', wanted)
  t.equal(made.statusCode, 201)
  t.equal(made.headers['cache-control'], 'no-store')
  const { secret, ...shown } = made.json()
  t.match(shown, { name: 'CRM', scopes: ['leads:read', 'leads:write'], origin: 'hubspot', state: 'active' })
  t.ok(secret.startsWith(shown.prefix) && secret.endsWith(shown.last_four))
  t.equal(made.headers['location'], `/v1/api-keys/${shown.id}`)

  t.strictSame((await call('GET', `/v1/api-keys/${shown.id}`)).json(), shown, 'read again without the secret')
  const page = (await call('GET', '/v1/api-keys?limit=1')).json()
  t.strictSame(page.data, [shown], 'listed, newest first')
  t.ok(page.next_cursor, 'the others are on the next page')

  t.equal((await app.inject({ url: '/v1/leads', ...bearer(secret) })).statusCode, 200)
  const forms = await app.inject({ url: '/v1/forms', ...bearer(secret) })
  t.equal(forms.statusCode, 403)
  t.match(forms.json().detail, /forms:read/)

  const tables = await ctx.db.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
  )
  for (const { name } of tables) {
    const found = await ctx.db.query(`SELECT 1 FROM ${name} AS r WHERE r::text LIKE $1`, [`%${secret.slice(8)}%`])
    t.strictSame(found, [], `not in ${name}`)
  }
})

t.test('a key never makes or rotates a key that can do more than itself', async (t) => {
  const { call, key, workspaceId } = await newWorkspace()
  const narrow = await makeKey('restricted', { workspaceId, scopes: ['keys:read', 'keys:write', 'leads:read'] })
  const make = async (by: string, body: object) =>
    await app.inject({ method: 'POST', url: '/v1/api-keys', payload: { name: 'n', ...body }, ...bearer(by) })

  t.equal((await make(narrow, { kind: 'restricted', scopes: ['leads:read'] })).statusCode, 201)
  t.equal((await make(narrow, { kind: 'publishable' })).statusCode, 201, 'which may only capture')
  const wider = await make(narrow, { kind: 'restricted', scopes: ['leads:read', 'leads:write'] })
  t.equal(wider.statusCode, 403)
  t.match(wider.json().detail, /leads:write/)
  t.equal((await make(narrow, { kind: 'secret' })).statusCode, 403)

  const secretKey = (await call('GET', '/v1/me')).json().key.id
  const stolen = await app.inject({
    method: 'POST',
    url: `/v1/api-keys/${secretKey}/rotate`,
    payload: { overlap_seconds: 60 },
    ...bearer(narrow),
  })
  t.equal(stolen.statusCode, 403, 'whoever rotates a key learns its secret')

  const limits = { allowed_ips: ['127.0.0.0/8'], expires_at: '2999-01-01T00:00:00Z' }
  const bound = (await make(key, { kind: 'secret', ...limits })).json().secret
  t.equal((await make(bound, { kind: 'secret' })).statusCode, 403, 'no limits')
  t.equal(
    (await make(bound, { kind: 'secret', ...limits, allowed_ips: ['0.0.0.0/0'] })).statusCode,
    403,
    'all networks',
  )
  t.equal(
    (await make(bound, { kind: 'secret', ...limits, expires_at: '2999-01-02T00:00:00Z' })).statusCode,
    403,
    'longer',
  )
  t.equal(
    (await make(bound, { kind: 'secret', ...limits, allowed_ips: ['127.0.0.1'] })).statusCode,
    201,
    'less is fine',
  )
})

t.test('a revoked key is refused at once here, and within 5 seconds by another process', async (t) => {
  const { call } = await newWorkspace()
  const otherCtx = { ...ctx, metrics: createMetrics({ processMetrics: false }) }
  const other = await buildApp(otherCtx, 'http://127.0.0.1')
  t.teardown(() => other.close())
  const { secret, id } = (await call('POST', '/v1/api-keys', { name: 'n', kind: 'secret' })).json()
  const status = async (service: typeof app) => (await service.inject({ url: '/v1/me', ...bearer(secret) })).statusCode
  t.strictSame([await status(app), await status(other)], [200, 200])

  t.equal((await call('DELETE', `/v1/api-keys/${id}`)).statusCode, 204)
  const revokedAt = performance.now()
  t.equal(await status(app), 401, 'at once')
  while ((await status(other)) === 200) {
    if (performance.now() - revokedAt > 5_000) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  t.equal(await status(other), 401)
  t.ok(performance.now() - revokedAt < 5_000, `after ${Math.round(performance.now() - revokedAt)} ms`)

  t.equal((await call('DELETE', `/v1/api-keys/${id}`)).statusCode, 204, 'a second time is fine')
  t.match((await call('GET', `/v1/api-keys/${id}`)).json(), { state: 'revoked', revoked_at: String })
  t.equal((await call('POST', `/v1/api-keys/${id}/rotate`, { overlap_seconds: 0 })).statusCode, 409)
  t.notOk((await call('GET', '/v1/api-keys?state=active')).json().data.some((key: { id: string }) => key.id === id))
})

t.test('the last secret key stays, however many are revoked together', async (t) => {
  const { call, key } = await newWorkspace()
  const first = (await call('GET', '/v1/me')).json().key.id
  const alone = await call('DELETE', `/v1/api-keys/${first}`)
  t.equal(alone.statusCode, 409)
  t.match(alone.json().detail, /last secret key/)
  const others = await Promise.all(
    [1, 2, 3].map(async () => (await call('POST', '/v1/api-keys', { name: 'n', kind: 'secret' })).json()),
  )
  const ids = [first, ...others.map(({ id }) => id)]
  // Each ends itself, so none of the calls loses its right to another.
  const keys = [key, ...others.map(({ secret }) => secret)]
  const answers = await Promise.all(
    ids.map((id, i) => app.inject({ method: 'DELETE', url: `/v1/api-keys/${id}`, ...bearer(keys[i] ?? '') })),
  )
  t.strictSame(answers.map((answer) => answer.statusCode).sort(), [204, 204, 204, 409])
})

t.test('after a rotation the old secret works for the overlap and no longer', async (t) => {
  const { call } = await newWorkspace()
  const made = (await call('POST', '/v1/api-keys', { name: 'n', kind: 'restricted', scopes: ['leads:read'] })).json()
  const status = async (secret: string) => (await app.inject({ url: '/v1/leads', ...bearer(secret) })).statusCode
  const rotate = async (overlap_seconds: number) =>
    (await call('POST', `/v1/api-keys/${made.id}/rotate`, { overlap_seconds })).json()

  const second = await rotate(3600)
  t.match(second, { id: made.id, scopes: ['leads:read'], rotated_at: String, overlap_ends_at: String })
  t.not(second.secret, made.secret)
  t.equal(second.last_four, second.secret.slice(-4))
  t.strictSame([await status(made.secret), await status(second.secret)], [200, 200])

  const third = await rotate(1)
  t.equal(await status(third.secret), 200)
  for (const old of [made.secret, second.secret]) {
    while ((await status(old)) === 200) await new Promise((resolve) => setTimeout(resolve, 100))
    t.equal(await status(old), 401, 'an older one ends with it')
  }
  const fourth = await rotate(0)
  t.equal(fourth.overlap_ends_at, null)
  t.strictSame([await status(third.secret), await status(fourth.secret)], [401, 200], 'at once')
  const hashes = await ctx.db.query(
    'SELECT 1 FROM api_key_hashes WHERE api_key_id = (SELECT id FROM api_keys WHERE last_four = $1)',
    [fourth.last_four],
  )
  t.equal(hashes.length, 1, 'ended secrets leave nothing behind')
})

t.test('a key with networks works from these only', async (t) => {
  const { call } = await newWorkspace()
  const body = { name: 'n', kind: 'secret', allowed_ips: ['203.0.113.77/24', '2001:db8::/32'] }
  const made = (await call('POST', '/v1/api-keys', body)).json()
  t.strictSame(made.allowed_ips, ['203.0.113.0/24', '2001:db8::/32'], 'host bits are cleared')
  const statusFrom = async (remoteAddress: string) =>
    (await app.inject({ url: '/v1/me', remoteAddress, ...bearer(made.secret) })).statusCode
  t.equal(await statusFrom('203.0.113.9'), 200)
  t.equal(await statusFrom('::ffff:203.0.113.9'), 200, 'IPv4 as a dual-stack socket shows it')
  t.equal(await statusFrom('2001:db8:1::1'), 200)
  t.equal(await statusFrom('203.0.114.9'), 403)
  t.equal(await statusFrom('2001:db9::1'), 403)
})

t.test('a key past its end is refused and shown as expired', async (t) => {
  const { call } = await newWorkspace()
  const body = { name: 'n', kind: 'secret', expires_at: '2999-12-31T23:00:00+01:00' }
  const made = (await call('POST', '/v1/api-keys', body)).json()
  t.equal(made.expires_at, '2999-12-31T22:00:00.000Z')
  // The database clock decides, so the end is moved there instead of the test's clock.
  await ctx.db.query("UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE last_four = $1", [
    made.last_four,
  ])
  t.equal((await app.inject({ url: '/v1/me', ...bearer(made.secret) })).statusCode, 401)
  t.equal((await call('GET', `/v1/api-keys/${made.id}`)).json().state, 'expired')
  t.equal((await call('POST', `/v1/api-keys/${made.id}/rotate`, { overlap_seconds: 0 })).statusCode, 409)
})

t.test('faults of a new key are all named at once', async (t) => {
  const { call } = await newWorkspace()
  const faultsOf = async (body: object) => {
    const answer = await call('POST', '/v1/api-keys', {
      name: 'n',
      kind: 'restricted',
      scopes: ['leads:read'],
      ...body,
    })
    t.equal(answer.statusCode, 400)
    return answer.json().errors.map(({ pointer }: { pointer: string }) => pointer)
  }
  t.strictSame(await faultsOf({ name: ' ', allowed_ips: ['10.0.0.0/8', '127.1'] }), ['/name', '/allowed_ips/1'])
  t.strictSame(await faultsOf({ scopes: ['leads:read', 'leads:all'] }), ['/scopes/1'])
  t.strictSame(await faultsOf({ kind: 'admin' }), ['/kind'])
  t.strictSame(await faultsOf({ scopes: [] }), ['/scopes'])
  t.strictSame(await faultsOf({ kind: 'secret' }), ['/scopes'], 'a secret key has all scopes')
  t.strictSame(await faultsOf({ expires_at: '2020-01-01T00:00:00Z' }), ['/expires_at'])
  t.strictSame(await faultsOf({ expires_at: '2999-02-30T00:00:00Z' }), ['/expires_at'])
  t.strictSame(await faultsOf({ origin: 'Hub Spot' }), ['/origin'])
  t.strictSame(await faultsOf({ secret: 'mine' }), ['/secret'])
  const answer = await call('POST', '/v1/api-keys/key_01k8r5x4q3e7vb2c9m6h0n1d5s/rotate', { overlap_seconds: 604_801 })
  t.equal(answer.statusCode, 400)
})

t.test('keys of another workspace do not exist', async (t) => {
  const { call } = await newWorkspace()
  const stranger = await makeWorkspace()
  const mine = (await call('POST', '/v1/api-keys', { name: 'n', kind: 'secret' })).json()
  const ask = async (method: 'GET' | 'DELETE' | 'POST', path: string, payload?: object) =>
    await app.inject({
      method,
      url: `/v1/api-keys/${mine.id}${path}`,
      ...(payload && { payload }),
      ...bearer(stranger.key),
    })
  t.equal((await ask('GET', '')).statusCode, 404)
  t.equal((await ask('DELETE', '')).statusCode, 404)
  t.equal((await ask('POST', '/rotate', { overlap_seconds: 0 })).statusCode, 404)
  t.equal((await app.inject({ url: '/v1/me', ...bearer(mine.secret) })).statusCode, 200, 'untouched')
  t.equal((await app.inject({ url: '/v1/api-keys', ...bearer(stranger.key) })).json().data.length, 1, 'its own')
})

t.test('an ETag guards a key', async (t) => {
  const { call } = await newWorkspace()
  const made = (await call('POST', '/v1/api-keys', { name: 'n', kind: 'secret' })).json()
  const url = `/v1/api-keys/${made.id}`
  const stale = { 'if-match': '"v9"' }
  t.equal((await call('POST', `${url}/rotate`, { overlap_seconds: 0 }, stale)).statusCode, 412)
  t.equal((await call('DELETE', url, undefined, stale)).statusCode, 412)
  t.equal((await call('DELETE', url, undefined, { 'if-match': made.etag })).statusCode, 204)
})
