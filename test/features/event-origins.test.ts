import t from 'tap'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call, app } = service
const SHOP = 'https://shop.test'
const EVIL = 'https://evil.test'

const makeKey = async (more: object) =>
  await call('POST', '/v1/api-keys', { name: 'Site', kind: 'publishable', ...more })

t.test('a publishable key is used by the pages that it names, and by no other', async (t) => {
  const made = await makeKey({ allowed_origins: [SHOP] })
  t.match(made.json(), { allowed_origins: [SHOP] }, made.body)
  const { secret } = made.json()
  const payload = { visitor_id: 'visitor-1', events: [{ name: 'page_viewed' }] }
  const inUrl = { url: `/v1/public/events?publishable_key=${secret}`, headers: {} }
  const inHeader = { url: '/v1/public/events', headers: { authorization: `Bearer ${secret}` } }
  for (const { url, headers } of [inUrl, inHeader]) {
    const send = (origin?: string) =>
      app.inject({ method: 'POST', url, payload, headers: { ...headers, ...(origin && { origin }) } })
    const own = await send(SHOP)
    t.equal(own.statusCode, 202, own.body)
    t.equal(own.headers['access-control-allow-origin'], SHOP)
    for (const origin of [EVIL, 'http://shop.test', `${SHOP}:8443`, 'https://shop.test.evil.test', 'null']) {
      const foreign = await send(origin)
      t.match(foreign.json(), { status: 403, code: 'origin_not_allowed' }, origin)
      t.equal(foreign.headers['access-control-allow-origin'], undefined, 'and may not even read it')
    }
    t.equal((await send()).statusCode, 202, 'a call without Origin is from no page')
  }
  const preflight = (origin: string) =>
    app.inject({ method: 'OPTIONS', url: inUrl.url, headers: { origin, 'access-control-request-method': 'POST' } })
  t.equal((await preflight(SHOP)).headers['access-control-allow-origin'], SHOP)
  t.equal((await preflight(EVIL)).headers['access-control-allow-origin'], undefined)
})

t.test('a key that names none is open to every page', async (t) => {
  const { secret } = (await makeKey({})).json()
  const payload = { visitor_id: 'visitor-1', events: [{ name: 'page_viewed' }] }
  const url = `/v1/public/events?publishable_key=${secret}`
  const answer = await app.inject({ method: 'POST', url, payload, headers: { origin: EVIL } })
  t.equal(answer.statusCode, 202)
  t.equal(answer.headers['access-control-allow-origin'], EVIL)
})

t.test('what is no origin, and what no page uses, is refused with its place', async (t) => {
  const faulty = await makeKey({ allowed_origins: [SHOP, `${SHOP}/path`] })
  t.match(faulty.json(), { status: 400, errors: [{ code: 'invalid_origin', pointer: '/allowed_origins/1' }] })
  const secret = await makeKey({ kind: 'secret', allowed_origins: [SHOP] })
  t.match(secret.json(), { status: 400, errors: [{ pointer: '/allowed_origins' }] })
})
