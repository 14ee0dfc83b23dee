// A page's script must be able to read why it was refused, whatever refused it: else it cannot tell from a dead network.
import type { LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import { makeForm } from '../helpers/forms.ts'
import { testService } from '../helpers/service.ts'

const ORIGIN = 'https://shop.test'
const SUBMIT = '/v1/public/forms/demo/submissions'
const EVENTS = '/v1/public/events'
const PERSON = { email: 'a@example.org', full_name: 'A' }

function isReadable(t: Test, answer: LightMyRequestResponse, status: number, code: string) {
  t.equal(answer.statusCode, status, answer.body)
  t.equal(answer.json().code, code)
  t.equal(answer.headers['access-control-allow-origin'], ORIGIN, `${code}: the page can read it`)
  t.match(answer.headers['access-control-expose-headers'], /Retry-After/)
  t.match(answer.headers['vary'], /Origin/)
}

t.test('refusals of a body, a key and an address can be read', async (t) => {
  const { app } = await testService(t)
  const post = (url: string, payload: unknown, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url, payload: payload as object, headers: { origin: ORIGIN, ...headers } })
  const json = { 'content-type': 'application/json' }
  const strange = { authorization: 'Bearer pk_live_unknown' }
  const events = { visitor_id: 'visitor-1', events: [{ name: 'page_viewed' }] }
  for (const [url, good] of [
    [SUBMIT, PERSON],
    [EVENTS, events],
  ] as const) {
    isReadable(t, await post(url, `"${'x'.repeat(20_000_000)}"`, json), 413, 'payload_too_large')
    isReadable(t, await post(url, 'x', { 'content-type': 'image/png' }), 415, 'unsupported_media_type')
    isReadable(t, await post(url, '{', json), 400, 'invalid_json')
    isReadable(t, await post(url, good, strange), 401, 'unauthorized')
  }
  isReadable(t, await post(EVENTS, events), 401, 'unauthorized')
  isReadable(t, await post(`${EVENTS}?publishable_key=pk_live_unknown`, events), 401, 'unauthorized')
})

t.test('what is too much for a budget can be read', async (t) => {
  const service = await testService(t, { RATE_LIMIT_CAPTURE_NETWORK: 1, RATE_LIMIT_EVENTS_NETWORK: 1 })
  const key = await service.makeKey('publishable')
  const remoteAddress = '203.0.113.9'
  const post = (url: string, payload: object) =>
    service.app.inject({ method: 'POST', url, payload, remoteAddress, headers: { origin: ORIGIN } })
  await post(SUBMIT, PERSON)
  isReadable(t, await post(SUBMIT, PERSON), 429, 'rate_limited')
  const events = { visitor_id: 'visitor-1', events: [{ name: 'page_viewed' }] }
  await post(`${EVENTS}?publishable_key=${key}`, events)
  isReadable(t, await post(`${EVENTS}?publishable_key=${key}`, events), 429, 'rate_limited')
})

t.test('what is shed can be read by the pages of the form, and asks no database', async (t) => {
  const service = await testService(t, { SHED_DELAY_MS: 200 })
  const { pool } = service.ctx.db
  const closed = await makeForm(service, 'closed', { allowed_origins: ['https://elsewhere.test'] })
  const post = (url: string, payload: object) =>
    service.app.inject({ method: 'POST', url, payload, headers: { origin: ORIGIN } })
  // Both forms are in use when the rush begins.
  t.equal((await post(SUBMIT, PERSON)).statusCode, 202)
  const closedUrl = `/v1/public/forms/${closed.publicKey}/submissions`
  t.equal((await post(closedUrl, PERSON)).statusCode, 403)
  const held = await Promise.all(Array.from({ length: pool.options.max ?? 0 }, () => pool.connect()))
  const release = () => {
    for (const client of held.splice(0)) client.release()
  }
  t.teardown(release)
  const waiting = [service.call('GET', '/v1/leads')]
  const shed = async () => {
    for (;;) {
      const answer = post(SUBMIT, PERSON)
      const first = await Promise.race([answer, new Promise<null>((resolve) => setTimeout(resolve, 50, null))])
      if (first?.statusCode === 503) return first
      waiting.push(answer)
    }
  }
  isReadable(t, await shed(), 503, 'unavailable')
  const foreign = await post(closedUrl, PERSON)
  t.equal(foreign.statusCode, 503)
  t.equal(foreign.headers['access-control-allow-origin'], undefined, 'not by a page that may not use the form')
  isReadable(t, await post(EVENTS, { visitor_id: 'visitor-1', events: [{ name: 'page_viewed' }] }), 503, 'unavailable')
  release()
  await Promise.allSettled(waiting)
})

t.test('routes with a secret key say nothing to pages, refused or not', async (t) => {
  const { app } = await testService(t)
  const answer = await app.inject({ method: 'GET', url: '/v1/leads', headers: { origin: ORIGIN } })
  t.equal(answer.statusCode, 401)
  t.equal(answer.headers['access-control-allow-origin'], undefined)
})
