// Workspace settings, and the answer to "who am I".
import t from 'tap'
import { testService } from '../helpers/service.ts'

const { app, call, makeKey } = await testService(t)

t.test('settings are one document that is replaced under its version', async (t) => {
  const url = '/v1/settings/workspace'
  const read = await call('GET', url)
  t.match(read.json(), {
    name: 'My workspace',
    locale: 'en',
    time_zone: 'UTC',
    currency: 'EUR',
    default_country: null,
    dedupe_policy: 'update',
    change_retention_days: null,
    allow_unknown_custom_fields: true,
  })
  t.equal(read.headers['etag'], read.json().etag)
  const put = (body: object, etag?: string) =>
    call('PUT', url, body, etag === undefined ? {} : { headers: { 'if-match': etag } })

  const blind = await put({ name: 'Engines' })
  t.equal(blind.statusCode, 428)
  t.match(blind.json().detail, read.json().etag)
  t.equal((await put({ name: 'Engines' }, '"v7"')).statusCode, 412)

  const changed = await put(
    { name: ' Engines ', locale: 'de-at', time_zone: 'europe/vienna', currency: 'chf' },
    read.json().etag,
  )
  t.equal(changed.statusCode, 200)
  t.match(changed.json(), { name: 'Engines', locale: 'de-AT', time_zone: 'Europe/Vienna', currency: 'CHF' })
  t.not(changed.json().etag, read.json().etag)
  t.strictSame((await call('GET', url)).json(), changed.json())

  const { etag } = changed.json()
  const again = await put({ name: 'Engines', locale: 'de-AT', time_zone: 'Europe/Vienna', currency: 'CHF' }, etag)
  t.equal(again.json().etag, etag, 'the same again changes nothing')
  const shorter = await put({ name: 'My workspace' }, etag)
  t.match(shorter.json(), { locale: 'en', currency: 'EUR' }, 'what is left out takes its default')
})

t.test('of two writers who saw the same version one wins', async (t) => {
  const { etag } = (await call('GET', '/v1/settings/workspace')).json()
  const answers = await Promise.all(
    ['A', 'B', 'C', 'D'].map((name) =>
      call('PUT', '/v1/settings/workspace', { name }, { headers: { 'if-match': etag } }),
    ),
  )
  t.strictSame(answers.map((answer) => answer.statusCode).sort(), [200, 412, 412, 412])
})

t.test('codes that nobody knows are refused with a pointer to each', async (t) => {
  const { etag } = (await call('GET', '/v1/settings/workspace')).json()
  const faultsOf = async (body: object) => {
    const answer = await call(
      'PUT',
      '/v1/settings/workspace',
      { name: 'n', ...body },
      { headers: { 'if-match': etag } },
    )
    t.equal(answer.statusCode, 400)
    return answer.json().errors.map(({ pointer }: { pointer: string }) => pointer)
  }
  const wrong = { name: ' ', locale: 'german', time_zone: '+02:00', currency: 'EUX', default_country: 'ZZ' }
  t.strictSame(await faultsOf(wrong), ['/name', '/locale', '/time_zone', '/currency', '/default_country'])
  t.strictSame(await faultsOf({ time_zone: 'Europe/Atlantis' }), ['/time_zone'])
  t.strictSame(await faultsOf({ default_country: 'DEU' }), ['/default_country'])
  t.strictSame(await faultsOf({ dedupe_policy: 'guess' }), ['/dedupe_policy'])
  t.strictSame(await faultsOf({ change_retention_days: 0 }), ['/change_retention_days'])
  t.strictSame(await faultsOf({ retention: 3 }), ['/retention'])
  t.equal((await call('GET', '/v1/settings/workspace')).json().etag, etag, 'nothing was written')
})

t.test('a key can ask who it is', async (t) => {
  const me = (await call('GET', '/v1/me')).json()
  t.match(me, {
    key: { kind: 'secret', name: 'First secret key', origin: null, expires_at: null },
    workspace: { id: /^ws_/, name: String, locale: 'en', time_zone: 'UTC', currency: 'EUR' },
    limits: { body_bytes: Number, submission_bytes: Number, upload_bytes: Number },
    server: { version: /^\d+\.\d+\.\d+/, api_version: /^1\./, time: /Z$/ },
  })
  t.ok(me.scopes.includes('keys:write'), 'a secret key has every scope')
  const ask = async (key: string) => await app.inject({ url: '/v1/me', headers: { authorization: `Bearer ${key}` } })
  const narrow = await ask(await makeKey('restricted', { scopes: ['leads:read'], origin: 'hubspot' }))
  t.match(narrow.json(), { key: { kind: 'restricted', origin: 'hubspot' }, scopes: ['leads:read'] })
  t.strictSame(narrow.json().scopes, ['leads:read'])
  t.equal((await ask(await makeKey('publishable'))).statusCode, 403)
  t.equal((await app.inject({ url: '/v1/me' })).statusCode, 401)
})
