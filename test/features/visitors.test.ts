import t from 'tap'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call, setNow, app } = service
const key = await service.makeKey('publishable')

// In the past: submissions are due by the clock of the database.
const NOW = new Date('2025-01-15T12:00:00.000Z')
setNow(NOW)

/** By the clock of the database, which says what is due: by one in the past, a lead that wakes up later would be due at once, for ever. */
const drain = async () => {
  setNow(null)
  await service.drain()
  setNow(NOW)
}

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const MINUTE = 60_000

interface Deed {
  name: string
  age_ms?: number
  event_id?: string
  url?: string
}

const post = (visitor_id: string, events: Deed[], more: object = {}, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: `/v1/public/events?publishable_key=${key}`,
    headers: { 'content-type': 'text/plain', 'user-agent': BROWSER, ...headers },
    payload: JSON.stringify({ visitor_id, events, ...more }),
  })
const send = async (...args: Parameters<typeof post>) => {
  const answer = await post(...args)
  if (answer.statusCode !== 202) throw new Error(`${answer.statusCode} ${answer.body}`)
  return answer.json() as { visitor_id: string; accepted: number }
}
const view = (path: string, minutesAgo: number): Deed => ({
  name: 'page_viewed',
  url: `https://shop.test${path}`,
  age_ms: minutesAgo * MINUTE,
})
const get = async (url: string) => (await call('GET', url)).json()
const totals = async (lead: string) => (await get(`/v1/leads/${lead}/event-totals`)).data
const visits = async (lead: string) =>
  (await get(`/v1/leads/${lead}/timeline`)).data
    .filter(({ type }: { type: string }) => type === 'website_visit')
    .map(
      ({ subject, occurred_at }: { subject: string; occurred_at: string }) => `${occurred_at.slice(11, 16)} ${subject}`,
    )
const newLead = async (more: object = {}) => (await call('POST', '/v1/leads', { full_name: 'Ada', ...more })).json().id
/** Submits the demo form in a browser; returns the lead. */
const submit = async (email: string, visitor: string, full_name = 'Ada') => {
  await call('POST', '/v1/public/forms/demo/submissions', { full_name, email, _visitor_id: visitor })
  await drain()
  return (await get(`/v1/leads?email=${email}`)).data[0].id
}

t.test('a beacon of an anonymous visitor is stored, at the time that it says', async (t) => {
  t.same(await send('anonymous-1', [view('/pricing', 3)]), { visitor_id: 'anonymous-1', accepted: 1 })
  const { data } = await get('/v1/events?visitor_id=anonymous-1')
  t.match(data, [
    {
      name: 'page_viewed',
      occurred_at: '2025-01-15T11:57:00.000Z',
      lead_id: null,
      source: 'tracker',
      is_bot: false,
      bot_signs: [],
    },
  ])
  t.match(await get('/v1/visitors/anonymous-1'), { lead_id: null, first_seen_at: '2025-01-15T11:57:00.000Z' })
})

t.test('pages of any origin may send and read the answer; nothing else of the service is open to them', async (t) => {
  const origin = 'https://shop.test'
  const answer = await post('cors-visitor', [view('/', 0)], {}, { origin })
  t.match(answer.headers, { 'access-control-allow-origin': origin, vary: /Origin/ })
  t.notOk(answer.headers['set-cookie'])
  t.notOk(answer.headers['access-control-allow-credentials'])
  const preflight = await app.inject({ method: 'OPTIONS', url: '/v1/public/events', headers: { origin } })
  t.match(
    [preflight.statusCode, preflight.headers],
    [204, { 'access-control-allow-origin': origin, 'access-control-max-age': '600' }],
  )
  t.notOk(
    (await call('GET', '/v1/visitors/cors-visitor', undefined, { headers: { origin } })).headers[
      'access-control-allow-origin'
    ],
  )
})

t.test('who has no publishable key is refused, and a secret has no place in a URL', async (t) => {
  const as = (query: string) =>
    app.inject({ method: 'POST', url: `/v1/public/events${query}`, payload: { visitor_id: 'visitor-x', events: [] } })
  t.equal((await as('')).statusCode, 401)
  t.equal((await as('?publishable_key=pk_live_nonsense')).statusCode, 401)
  t.equal((await as(`?publishable_key=${service.key}`)).statusCode, 403)
  const reader = await service.makeKey('restricted', { scopes: ['leads:read'] })
  const headers = { authorization: `Bearer ${reader}` }
  const read = await app.inject({
    method: 'POST',
    url: '/v1/public/events',
    headers,
    payload: { visitor_id: 'visitor-x', events: [] },
  })
  t.equal(read.statusCode, 403)
})

t.test('a browser that asks not to be followed leaves nothing behind', async (t) => {
  for (const headers of [{ 'sec-gpc': '1' }, { dnt: '1' }]) {
    t.same(await send('private-1', [view('/', 0)], {}, headers), { visitor_id: 'private-1', accepted: 0 })
  }
  t.same((await get('/v1/events?visitor_id=private-1')).data, [])
  t.equal((await call('GET', '/v1/visitors/private-1')).statusCode, 404)
})

t.test('events that are sent again are the same events', async (t) => {
  const deed = { ...view('/', 1), event_id: 'e1' }
  await Promise.all(Array.from({ length: 12 }, () => send('again-1234', [deed])))
  await send('again-5678', [deed])
  t.equal((await get('/v1/events?visitor_id=again-1234')).data.length, 1)
  t.equal((await get('/v1/events?visitor_id=again-5678')).data.length, 1, 'ids of one browser mean nothing in another')
})

t.test('a form tells who it was: all earlier events count at their own time, as if known from the start', async (t) => {
  const before = [view('/', 60 * 24 * 3), view('/pricing', 60 * 24 * 3 - 2), view('/docs', 20), view('/pricing', 15)]
  await send('stitched-1', before.toReversed())
  const lead = await submit('stitched@example.org', 'stitched-1')
  await send('stitched-1', [view('/thanks', 0)])
  await drain()
  t.match(await totals(lead), [{ name: 'page_viewed', raw_count: 5, count: 5, first_at: '2025-01-12T12:00:00.000Z' }])

  const known = await submit('known@example.org', 'known-from-start')
  await send('known-from-start', before)
  await send('known-from-start', [view('/thanks', 0)])
  await drain()
  t.same(await totals(known), await totals(lead), 'the order of recognition and events makes no difference')
  t.same(await visits(known), await visits(lead))
  t.same(await visits(lead), ['11:40 3 pages, 20 minutes, docs', '12:00 2 pages, 2 minutes, pricing'])
  t.match(await get(`/v1/visitors?lead_id=${lead}`), {
    data: [{ visitor_id: 'stitched-1', identified_by: 'form:demo' }],
  })
  t.match(
    (await get(`/v1/leads/${lead}/decisions`)).data.find(({ kind }: { kind: string }) => kind === 'visitor'),
    {
      inputs: { visitor_id: 'stitched-1', by: 'form:demo' },
      outcome: { decision: 'link' },
    },
  )
})

t.test('a second person at the same browser starts a new visitor', async (t) => {
  await send('shared-pc-1', [view('/a', 30)])
  const first = await submit('first@example.org', 'shared-pc-1')
  const second = await submit('second@example.org', 'shared-pc-1')
  t.match(await totals(first), [{ count: 1 }])
  t.same(await totals(second), [], 'nothing of the first person is given to the second')
  const { visitor_id } = await send('shared-pc-1', [view('/b', 0)])
  t.not(visitor_id, 'shared-pc-1', 'the browser is told to go on under another id')
  t.equal((await send(visitor_id, [view('/c', 0)])).visitor_id, visitor_id)
  t.match(await totals(second), [{ count: 2 }])
  t.match(await totals(first), [{ count: 1 }])
  t.match(await get('/v1/visitors/shared-pc-1'), { lead_id: first, successor_id: visitor_id })
  // The first person comes back to the old page, which does not know its new id yet.
  await submit('first@example.org', 'shared-pc-1', 'Ada Again')
  const third = await send('shared-pc-1', [view('/d', 0)])
  t.equal((await send(visitor_id, [])).visitor_id, third.visitor_id)
  t.match(await totals(first), [{ count: 2 }])
  t.match(await totals(second), [{ count: 2 }])
  const receipts = (await get(`/v1/leads/${second}/decisions`)).data
  t.match(
    receipts.find(({ kind }: { kind: string }) => kind === 'visitor'),
    {
      outcome: { decision: 'hand_over', visitor_id },
      rejected: [{ lead_id: first, reason: 'visitor_of_another_lead' }],
    },
  )
})

t.test('a server or a token says who a visitor is', async (t) => {
  const lead = await newLead()
  await send('by-server-1', [view('/a', 1)])
  const linked = await call('POST', '/v1/visitors/by-server-1/identify', { lead_id: lead })
  t.same(linked.json(), { decision: 'link', visitor_id: 'by-server-1', lead_id: lead })
  t.match((await call('POST', '/v1/visitors/by-server-1/identify', { lead_id: lead })).json(), { decision: 'known' })
  const other = await newLead()
  t.match((await call('POST', '/v1/visitors/by-server-1/identify', { lead_id: other })).json(), {
    decision: 'hand_over',
  })

  const { identity } = (await call('POST', `/v1/leads/${lead}/visitor-tokens`, {})).json()
  await send('by-token-1', [view('/b', 1)])
  await send('by-token-1', [view('/c', 0)], { identity })
  t.match(await totals(lead), [{ count: 3 }])
  t.match(await get('/v1/visitors/by-token-1'), { lead_id: lead, identified_by: 'token' })

  await send('by-token-2', [view('/', 0)], { identity: identity.replace(/.$/, identity.endsWith('A') ? 'B' : 'A') })
  setNow(new Date(NOW.getTime() + 3_600_000))
  await send('by-token-2', [view('/', 0)], { identity })
  setNow(NOW)
  t.match(await get('/v1/visitors/by-token-2'), { lead_id: null }, 'forged and expired tokens identify nobody')
  const another = await service.makeWorkspace()
  const foreign = await call(
    'POST',
    `/v1/leads/${lead}/visitor-tokens`,
    {},
    { headers: { authorization: `Bearer ${another.key}` } },
  )
  t.equal(foreign.statusCode, 404)
})

t.test('a visitor can be taken back: the lead is counted anew without it', async (t) => {
  const lead = await newLead()
  await call('POST', '/v1/events/batch/create', {
    items: [{ name: 'page_viewed', lead_id: lead, occurred_at: '2025-01-15T11:00:00Z' }],
  })
  await send('taken-back', [view('/a', 300), view('/b', 120), { name: 'download_clicked', age_ms: 1 }])
  await call('POST', '/v1/visitors/taken-back/identify', { lead_id: lead })
  await drain()
  t.match(await totals(lead), [{ name: 'download_clicked' }, { name: 'page_viewed', count: 3 }])
  t.equal((await visits(lead)).length, 3)
  const answer = await call('POST', '/v1/visitors/taken-back/unlink')
  t.same(answer.json(), { visitor_id: 'taken-back', former_lead_id: lead, detached: 3 })
  await drain()
  const at = '2025-01-15T11:00:00.000Z'
  t.same(await totals(lead), [{ name: 'page_viewed', raw_count: 1, count: 1, first_at: at, last_at: at }])
  t.same(await visits(lead), [])
  t.equal((await get('/v1/events?visitor_id=taken-back')).data.length, 3)
  t.same((await call('POST', '/v1/visitors/taken-back/unlink')).json().detached, 0)
  t.equal((await call('POST', '/v1/visitors/never-seen/unlink')).statusCode, 404)
  const owner = await newLead()
  await call('POST', '/v1/visitors/taken-back/identify', { lead_id: owner })
  await drain()
  t.match(await totals(owner), [{ name: 'download_clicked' }, { name: 'page_viewed', count: 2 }])
  t.equal((await visits(owner)).length, 3, 'what was taken back can be given to whom it belongs')
})

t.test('machines are known by many signs, counted apart, and a verdict can change', async (t) => {
  const lead = await newLead()
  await call('POST', '/v1/visitors/machine-1/identify', { lead_id: lead })
  await send('machine-1', [view('/a', 5)])
  await send('machine-1', [view('/b', 4)], {}, { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' })
  await send('machine-1', [view('/c', 3)], { automated: true })
  await send('machine-1', [view('/d', 2)], {}, { 'sec-purpose': 'prefetch;prerender' })
  const { data } = await get('/v1/events?visitor_id=machine-1')
  t.match(data, [
    { is_bot: true, bot_signs: ['prefetch'], bot_probability: 0.7 },
    { is_bot: true, bot_signs: ['automated_browser'] },
    { is_bot: true, bot_signs: ['declared_bot'] },
    { is_bot: false, bot_probability: 0 },
  ])
  t.match(await totals(lead), [{ raw_count: 4, count: 1 }])
  await drain()
  t.same(await visits(lead), ['11:55 1 page, a'])
  const person = await call('POST', '/v1/events/judge', { events: { event_ids: [data[0].id] }, bot_probability: 0.1 })
  t.same(person.json(), { changed: 1, has_more: false })
  await drain()
  t.match(await totals(lead), [{ raw_count: 4, count: 2, last_at: data[0].occurred_at }])
  t.same(await visits(lead), ['11:55 2 pages, 3 minutes, a'])
  const all = await call('POST', '/v1/events/judge', { events: { visitor_id: 'machine-1' }, bot_probability: 1 })
  t.equal(all.json().changed, 4)
  await drain()
  t.same(await totals(lead), [{ name: 'page_viewed', raw_count: 4, count: 0, first_at: null, last_at: null }])
  t.same(await visits(lead), [])
  t.equal((await call('POST', '/v1/events/judge', { events: {}, bot_probability: 1 })).statusCode, 400)
})

t.test('whoever clicks faster than a person is noticed', async (t) => {
  for (let i = 0; i < 6; i++)
    await send(
      'rapid-1234',
      Array.from({ length: 5 }, (_, k) => view(`/${i}-${k}`, 0)),
    )
  const { data } = await get('/v1/events?visitor_id=rapid-1234')
  t.match(data.filter(({ bot_signs }: { bot_signs: string[] }) => bot_signs.includes('rapid')).length, 10)
})

t.test('what a closed laptop kept and sends at once was not done at once', async (t) => {
  await send(
    'laptop-1234',
    Array.from({ length: 40 }, (_, k) => view(`/${k}`, 60 + k)),
  )
  await send('laptop-1234', [view('/now', 0)])
  const { data } = await get('/v1/events?visitor_id=laptop-1234')
  t.ok(data.every(({ bot_probability }: { bot_probability: number }) => bot_probability === 0))
})

t.test('events and recognition at once lose nothing and count nothing twice', async (t) => {
  for (let round = 0; round < 4; round++) {
    const visitor = `racing-${round}-visitor`
    const lead = await newLead()
    const work = [
      ...Array.from({ length: 12 }, (_, i) => send(visitor, [view(`/${i}`, i)])),
      call('POST', `/v1/visitors/${visitor}/identify`, { lead_id: lead }),
      call('POST', `/v1/visitors/${visitor}/identify`, { lead_id: lead }),
      ...Array.from({ length: 12 }, (_, i) => send(visitor, [view(`/${i}`, i)])),
    ]
    await Promise.all(work)
    t.match(await totals(lead), [{ raw_count: 24, count: 24 }])
    t.equal((await get(`/v1/events?lead_id=${lead}&limit=100`)).data.length, 24)
    await Promise.all([
      call('POST', `/v1/visitors/${visitor}/unlink`),
      ...Array.from({ length: 8 }, (_, i) => send(visitor, [view(`/late-${i}`, 0)])),
    ])
    const left = (await get(`/v1/events?lead_id=${lead}&limit=100`)).data.length
    const [sum] = await totals(lead)
    t.equal(sum?.raw_count ?? 0, left, 'the counter tells what is there')
  }
})

t.test('a condition finds leads by what they did', async (t) => {
  const lead = await newLead({ last_name: 'Searched' })
  await send('searched-1', [view('/pricing', 30), view('/pricing', 60 * 24 * 6), { name: 'demo_asked', age_ms: 5 }])
  await call('POST', '/v1/visitors/searched-1/identify', { lead_id: lead })
  const search = async (behaviour: object, op = 'did') => {
    const all = [
      { op, behaviour },
      { field: 'last_name', op: 'eq', value: 'Searched' },
    ]
    return (await call('POST', '/v1/leads/search', { filter: { any: [{ all }] } })).json().data.length
  }
  t.equal(await search({ event: 'page_viewed', min_count: 2 }), 1)
  t.equal(await search({ event: 'page_viewed', min_count: 2, within_days: 5 }), 0)
  t.equal(await search({ event: 'page_viewed', within_days: 5 }), 1)
  t.equal(await search({ event: 'demo_asked' }, 'did_not'), 0)
})
