// What every endpoint has in common: methods, formats, headers for browsers, deprecation, metrics for those who may.
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import t from 'tap'
import { buildApp, rooms } from '../../src/app.ts'
import type { Access } from '../../src/http/access.ts'
import { ok } from '../../src/http/answers.ts'
import { defineRoute, type Route } from '../../src/http/route.ts'
import { component, ref, Text } from '../../src/http/schema.ts'
import { toApiError } from '../../src/http/to-api-error.ts'
import { rowsOf } from '../helpers/rows.ts'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { app, call } = service

const ACCESS: Access = {
  auth: 'secret',
  scope: null,
  tenant_bound: true,
  idempotent: false,
  rate_class: 'default',
  pii_out: false,
}

const OldThing = component('OldThing', 'A made-up thing.', {
  name: Text(10, { description: 'Name.', examples: ['a'] }),
})

const oldThing = (more: Partial<Route> = {}): Route => ({
  ...defineRoute({
    method: 'GET',
    url: '/old-thing',
    operationId: 'getOldThing',
    summary: 'Read an old thing',
    description: 'Made up.',
    access: ACCESS,
    responses: { 200: { description: 'The thing.', schema: ref(OldThing) } },
    handle: async () => ok({ name: 'old' }),
  }),
  ...more,
})

/** A service with one made-up route. */
async function serve(route: Route) {
  const room = { folder: 'made-up', tag: 'Made up', description: 'Nothing real.', routes: [route] }
  const served = await buildApp(service.ctx, 'http://127.0.0.1', [room])
  t.teardown(() => served.close())
  return served
}

const authorization = `Bearer ${service.key}`

t.test('an operation that will end says so in headers and document', async (t) => {
  const deprecated = { since: '2027-01-01', sunset: '2028-01-01', successor: '/v1/new-thing' }
  const served = await serve(oldThing({ deprecated }))
  for (const headers of [{ authorization }, {}]) {
    const answer = await served.inject({ url: '/v1/old-thing', headers })
    t.equal(answer.headers['deprecation'], '@1798761600')
    t.equal(answer.headers['sunset'], 'Sat, 01 Jan 2028 00:00:00 GMT')
    t.equal(
      answer.headers['link'],
      '</docs>; rel="deprecation"; type="text/html", </v1/new-thing>; rel="successor-version"',
    )
  }
  const document = served.swagger() as { paths: Record<string, { get: { deprecated?: boolean } }> }
  t.equal(document.paths['/v1/old-thing']?.get.deprecated, true)
  t.match(await serve(oldThing({ deprecated: { ...deprecated, sunset: null } })), {}, 'the end may be open')
  await t.rejects(serve(oldThing({ deprecated: { ...deprecated, sunset: '2027-12-31' } })), /a year/)
})

t.test('a route that does not declare its manners does not start', async (t) => {
  for (const field of Object.keys(ACCESS)) {
    const { [field as keyof Access]: _, ...rest } = ACCESS
    await t.rejects(serve(oldThing({ access: rest as Access })), new RegExp(`getOldThing does not declare: ${field}`))
  }
  const pages = (other: FastifyInstance) => {
    other.get('/page', async () => 'a page')
  }
  const room = { folder: 'made-up', tag: 'Made up', description: 'Nothing real.', routes: [], pages }
  await t.rejects(buildApp(service.ctx, 'http://127.0.0.1', [room]), /GET \/page does not declare/, 'nor does a page')
})

t.test('a caller who cannot read JSON is told before anything is done', async (t) => {
  for (const accept of ['application/xml', 'text/html', 'image/*', 'application/json;q=0', '']) {
    const answer = await call('POST', '/v1/leads', { email: 'ada@example.org' }, { headers: { accept } })
    t.equal(answer.statusCode, 406, accept)
    t.match(answer.headers['content-type'], 'application/problem+json')
  }
  t.equal((await rowsOf(service, 'leads')).length, 0)
  for (const accept of [
    '*/*',
    'application/json',
    'application/*',
    'Application/JSON; charset=utf-8',
    'text/html,application/xhtml+xml,*/*;q=0.8',
  ]) {
    t.equal((await call('GET', '/v1/leads', undefined, { headers: { accept } })).statusCode, 200, accept)
  }
})

t.test('a body of another media type than the operation takes is not guessed at', async (t) => {
  const lead = (await call('POST', '/v1/leads', { email: 'typed@example.org' })).json()
  const bodies: [type: string, payload: string][] = [
    ['text/plain', '{"city":"Paris"}'],
    ['application/x-www-form-urlencoded', 'city=Paris'],
    ['multipart/form-data; boundary=x', '--x--\r\n'],
    ['application/json-patch+json', '[]'],
  ]
  for (const [type, payload] of bodies) {
    const headers = { authorization: `Bearer ${service.key}`, 'content-type': type }
    const answer = await service.app.inject({ method: 'PATCH', url: `/v1/leads/${lead.id}`, headers, payload })
    t.match([answer.statusCode, answer.json()], [415, { code: 'unsupported_media_type' }], type)
  }
  const headers = { 'content-type': 'Application/Merge-Patch+JSON; charset=utf-8' }
  t.match((await call('PATCH', `/v1/leads/${lead.id}`, '{"city":"Paris"}', { headers })).json(), { city: 'Paris' })
})

t.test('a query that is no UTF-8 is refused, but for public pages, to which links append what they like', async (t) => {
  for (const query of ['q=%ff', 'q=%zz', 'q=%c3%28', '%ff=1'])
    t.match((await call('GET', `/v1/leads?${query}`)).json(), { status: 400, code: 'invalid_request' }, query)
  t.equal((await call('GET', '/v1/leads?q=%C3%A4&email=a%2Bb%40example.org')).statusCode, 200)
  t.equal((await service.app.inject({ url: '/v1/public/forms/demo?utm_term=%FCber' })).statusCode, 200)
})

t.test('a request that broke off is no trouble of the database', async (t) => {
  const error = Object.assign(new Error('aborted'), { code: 'ECONNRESET' }) as Error as FastifyError
  const request = { raw: { errored: error } } as unknown as FastifyRequest
  t.match(toApiError(error, service.ctx, request), { code: 'invalid_request' })
})

t.test('a method is what the request line says', async (t) => {
  for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
    const answer = await call('POST', '/v1/leads', { email: `${name}@example.org` }, { headers: { [name]: 'DELETE' } })
    t.equal(answer.statusCode, 201, `${name} is ignored`)
  }
  t.equal((await call('GET', '/v1/leads?_method=DELETE')).statusCode, 400, 'and an unknown parameter is refused')
  for (const method of ['PUT', 'DELETE', 'TRACE', 'OPTIONS', 'PATCH']) {
    const answer = await call(method, '/v1/leads')
    t.equal(answer.statusCode, 405, method)
    t.equal(answer.headers['allow'], 'GET, HEAD, POST')
  }
})

t.test('an address in words is itself, whatever methods an id in its place would have', async (t) => {
  const addresses: [string, string, string[]][] = [
    ['/v1/leads/search', 'POST', ['GET', 'HEAD', 'DELETE', 'PATCH', 'PUT']],
    ['/v1/events/judge', 'POST', ['GET', 'HEAD', 'DELETE']],
    ['/v1/segments/x/members/add', 'POST', ['GET', 'HEAD']],
    ['/v1/segments/x/members/remove', 'POST', ['GET', 'HEAD']],
    ['/v1/suppressions/export', 'GET, HEAD', ['DELETE', 'POST']],
  ]
  for (const [url, allow, methods] of addresses) {
    for (const method of methods) {
      const body = method === 'PATCH' || method === 'PUT' ? { nonsense: true } : undefined
      const answer = await call(method, url, body)
      t.strictSame([answer.statusCode, answer.headers['allow']], [405, allow], `${method} ${url}`)
      if (method !== 'HEAD') t.match(answer.json(), { code: 'method_not_allowed', detail: `Use ${allow}.` })
    }
  }
  t.equal((await call('GET', '/v1/leads/lead_01k8r5x4q3e7vb2c9m6h0n1d5s')).statusCode, 404, 'an id is an id')
  t.equal((await call('GET', '/v1/leads/searching')).statusCode, 400)
})

t.test('no address in words is passed on to one with a parameter', async (t) => {
  const known = rooms.flatMap(({ routes }) => routes)
  const inWords = (url: string) => url.split('/').map((part) => (part.startsWith(':') ? 'x' : part))
  const shadowed = known.flatMap(({ url }) => {
    const parts = inWords(url)
    const own = known.filter((route) => route.url === url).map(({ method }) => method)
    return known
      .filter((route) => route.url.split('/').length === parts.length && route.url !== url)
      .filter((route) => route.url.split('/').every((part, i) => part.startsWith(':') || part === parts[i]))
      .filter(
        (route) =>
          !own.includes(route.method) &&
          !url.split('/').every((part, i) => part.startsWith(':') || part === route.url.split('/')[i]),
      )
      .map(({ method }) => ({ method, path: `/v1${parts.join('/')}` }))
  })
  t.ok(shadowed.length > 5)
  for (const { method, path } of shadowed) {
    const answer = await app.inject({ method, url: path, headers: { authorization } })
    t.equal(answer.statusCode, 405, `${method} ${path}`)
  }
})

t.test('a value is refused in words that help to write a better one', async (t) => {
  const said = async (method: string, url: string, body?: unknown) =>
    (await call(method, url, body)).json().errors.map((one: { pointer: string; detail: string }) => one.detail)
  const ask = (term: object) => ({ filter: { any: [{ all: [{ field: 'country', op: 'eq', ...term }] }] } })
  t.strictSame(await said('GET', '/v1/leads/42'), ['Must be an id such as lead_01k8r5x4q3e7vb2c9m6h0n1d5s.'])
  t.strictSame(await said('GET', '/v1/leads?sort=name'), [
    'Must be one of: -created_at, created_at, -updated_at, updated_at.',
  ])
  t.match(await said('GET', '/v1/segments/Big%20Ones'), [/^Must be a key: a lower-case letter, then /])
  t.strictSame(await said('POST', '/v1/leads/search', ask({ value: 5 })), ['Must be of type string or null.'])
  t.match(await said('POST', '/v1/leads/search', ask({ op: '=', value: 'DE' })), [/^Must be one of: eq, neq, /])
  t.strictSame(await said('POST', '/v1/leads/search', { filter: { any: [] } }), ['Must have at least 1 item.'])
  t.strictSame(await said('POST', '/v1/leads/batch/upsert', { items: [] }), ['Must have at least 1 item.'])
})

t.test('no secret route talks to pages of other origins', async (t) => {
  const secret = rooms.flatMap(({ routes }) => routes).filter(({ access }) => access.auth === 'secret')
  for (const { method, url } of secret) {
    const path = `/v1${url.replaceAll(/:[a-z_]+/g, 'x')}`
    const headers = { origin: 'https://evil.example', 'access-control-request-method': method }
    for (const answer of [
      await app.inject({ method: 'OPTIONS', url: path, headers }),
      await app.inject({ method, url: path, headers: { ...headers, authorization } }),
    ]) {
      const cors = Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))
      t.strictSame(cors, [], `${method} ${url}`)
    }
  }
})

t.test('every answer has a request id, the caller’s when it is printable', async (t) => {
  const idOf = async (given: string) =>
    (await call('GET', '/v1/leads', undefined, { headers: { 'x-request-id': given } })).headers['x-request-id']
  t.equal(await idOf('my-request-7'), 'my-request-7')
  for (const odd of ['', 'two words', 'x'.repeat(65), 'smörgås']) t.match(await idOf(odd), /^req_[0-9a-f]{24}$/)
  for (const url of ['/v1/leads', '/nothing', '/healthz', '/v1/leads/%ff', '/v1/leads?limit=0']) {
    const answer = await call('GET', url)
    t.match(answer.headers['x-request-id'], /^req_/, url)
    t.equal(answer.headers['x-content-type-options'], 'nosniff', url)
    t.match(answer.headers['api-version'], /^1\.\d+\.\d+$/, url)
  }
})

t.test('the reference page runs no foreign script and is in no frame', async (t) => {
  const page = await app.inject('/docs/')
  t.equal(page.statusCode, 200)
  const policy = String(page.headers['content-security-policy'])
  t.match(policy, /frame-ancestors 'none'/)
  t.match(policy, /default-src 'self'/)
  t.notMatch(policy, /unsafe|script-src|https?:/)
  t.equal(page.headers['referrer-policy'], 'no-referrer')
  t.equal(page.headers['set-cookie'], undefined)
})

t.test('metrics hold no person and may ask for a key', async (t) => {
  await call('POST', '/v1/leads', { email: 'grace.hopper@example.org', first_name: 'Grace' })
  await call('GET', '/v1/leads?email=grace.hopper@example.org')
  const open = await app.inject('/metrics')
  t.equal(open.statusCode, 200)
  t.notMatch(open.body, /grace|hopper|example\.org/i)
  const guarded = await testService(t, { METRICS_KEY: 'a-key-of-the-monitoring' })
  const ask = (value?: string) =>
    guarded.app.inject({ url: '/metrics', ...(value !== undefined && { headers: { authorization: value } }) })
  t.equal((await ask()).statusCode, 401)
  t.equal((await ask('Bearer another-key-of-any')).statusCode, 401)
  t.equal((await ask('Bearer a-key-of-the-monitoring')).statusCode, 200)
})

t.test('readiness asks the database once, however often it is asked', async (t) => {
  let asked = 0
  const { query } = service.ctx.db
  const counting = {
    ...service.ctx.db,
    query: ((...args) => {
      asked++
      return query(...args)
    }) as typeof query,
  }
  const served = await buildApp({ ...service.ctx, db: counting }, 'http://127.0.0.1', [])
  t.teardown(() => served.close())
  const answers = await Promise.all(Array.from({ length: 50 }, () => served.inject('/readyz')))
  t.ok(answers.every(({ statusCode }) => statusCode === 200))
  t.equal(asked, 1)
})

t.test('the root tells a program where everything is, and leads a browser to the reference', async (t) => {
  const index = await service.app.inject('/')
  t.equal(index.statusCode, 200)
  for (const [name, address] of Object.entries(index.json<Record<string, string>>())) {
    if (!address.startsWith('/') || name === 'api') continue
    t.equal((await service.app.inject(address)).statusCode, 200, address)
  }
  const page = await service.app.inject({ url: '/', headers: { accept: 'text/html,*/*;q=0.8' } })
  t.equal(page.headers.location, '/docs')
})

t.test('what is wrong in an object that may be null is told once', async (t) => {
  const faultsOf = async (to: unknown) => {
    const answer = await service.call('POST', '/v1/messages', { to, template_key: 'welcome' })
    t.equal(answer.statusCode, 400)
    return answer
      .json<{ errors: { pointer: string; detail: string }[] }>()
      .errors.map(({ pointer, detail }) => `${pointer} ${detail}`)
  }
  t.strictSame(await faultsOf({ name: 'Ada' }), ['/to/email The property email is required.'])
  t.strictSame(await faultsOf('ada@example.org'), ['/to Must be of type object or null.'])
})

t.test('a name that nobody knows is told what was meant, or what there is', async (t) => {
  const detail = async (method: string, url: string, body?: object) =>
    (await call(method, url, body)).json().errors.map((item: { detail: string }) => item.detail)
  t.same(await detail('POST', '/v1/leads', { emial: 'a@b.test', full_name: 'A' }), [
    'Unknown property emial. Did you mean email?',
  ])
  t.same(await detail('GET', '/v1/leads?limt=5'), ['Unknown parameter limt. Did you mean limit?'])
  const [told] = await detail('GET', '/v1/leads?foo=1')
  t.match(told, /^Unknown parameter foo\. There are: .*stage_key, .*limit/)
  t.match(await detail('GET', '/v1/leads?created_after=yesterday'), [
    /^Must be a valid date-time, such as 20\d\d-.*Z\.$/,
  ])
  const [long] = await detail('POST', '/v1/leads', { ['x'.repeat(256)]: 1 })
  t.match(long, /^Unknown property x{256}\./)
})
