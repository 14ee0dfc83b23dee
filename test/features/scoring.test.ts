import t from 'tap'
import { type TestService, testService } from '../helpers/service.ts'

const MODEL = '/v1/score-models/default'
const DAY_MS = 86_400_000

const rules = (points: number) => ({
  name: 'Test',
  fit: {
    min: 0,
    max: 100,
    rules: [{ key: 'country', condition: { any: [{ all: [{ field: 'country', op: 'eq', value: 'DE' }] }] }, points }],
  },
  engagement: {
    min: 0,
    max: 100,
    rules: [
      { key: 'visits', event: 'page_viewed', points: 10, half_life_days: 7, max_per_day: 3 },
      { key: 'pricing', event: 'page_viewed', properties: { path: '/pricing' }, points: 20, window_days: 7 },
    ],
  },
  bands: [
    { key: 'hot', min_total: 60 },
    { key: 'warm', min_total: 25 },
  ],
})

async function publish(service: TestService, body: object, url = MODEL) {
  const { headers } = await service.call('GET', url)
  const put = await service.call('PUT', url, body, {
    headers: headers['etag'] ? { 'if-match': String(headers['etag']) } : {},
  })
  if (put.statusCode >= 300) throw new Error(put.body)
  const published = await service.call('POST', `${url}/publish`)
  if (published.statusCode !== 202) throw new Error(published.body)
  await service.drain()
  return published.json()
}

const newLead = async (service: TestService, fields: object): Promise<string> => {
  const { id } = (await service.call('POST', '/v1/leads', fields)).json()
  await service.drain()
  return id
}

const act = async (service: TestService, leadId: string, events: object[]) => {
  const items = events.map((event) => ({ lead_id: leadId, name: 'page_viewed', ...event }))
  const answer = await service.call('POST', '/v1/events/batch/create', { items })
  if (answer.statusCode !== 207 || answer.json().failed > 0) throw new Error(answer.body)
  await service.drain()
}

const scoreOf = async (service: TestService, leadId: string, query = '') =>
  (await service.call('GET', `/v1/leads/${leadId}/scores${query}`)).json().data[0]

t.test('a new workspace scores out of the box', async (t) => {
  const service = await testService(t)
  const id = await newLead(service, { email: 'ada@engines.test', company_name: 'Engines', job_title: 'CEO' })
  const score = await scoreOf(service, id)
  t.match(score, { model_key: 'default', fit: 65, total: 65, grade: 'B4', band: 'warm', overridden: false })
  t.match(
    score.contributions
      .filter(({ points }: { points: number }) => points > 0)
      .map(({ rule }: { rule: string }) => rule),
    ['business_email', 'company', 'executive'],
  )
  t.match(score.history, [{ total: 65, delta: 65, reasons: ['changed'], rules: { 'fit.executive': 30 } }])
})

t.test('behaviour counts, fades, and the lead cools by itself at the right moment', async (t) => {
  const service = await testService(t)
  await publish(service, rules(30))
  const id = await newLead(service, { full_name: 'Ada', country: 'DE' })
  t.match(await scoreOf(service, id), { fit: 30, engagement: 0, band: 'warm' })
  const now = Date.now()
  await act(service, id, [{}, {}, {}, {}, { properties: { path: '/Pricing' } }])
  const hot = await scoreOf(service, id)
  t.match(hot, { fit: 30, engagement: 50, total: 80, band: 'hot' })
  t.match(hot.contributions, [
    { rule: 'country', points: 30 },
    { rule: 'visits', points: 30, counted: 3 },
    { rule: 'pricing', points: 20, counted: 1 },
  ])
  const changes = (await service.call('GET', '/v1/changes?types=lead.score_changed')).json().data
  t.match(
    changes.map(({ data }: { data: { score: object; previous: object } }) => [data.score, data.previous]),
    [
      [{ band: 'warm' }, { score: null }],
      [{ band: 'hot', total: 80 }, { score: { band: 'warm' } }],
    ],
  )
  const decisions = (await service.call('GET', `/v1/leads/${id}/decisions`)).json().data
  const decision = decisions.find(({ kind }: { kind: string }) => kind === 'score')
  t.match(decision, { kind: 'score', policy: 'score_model:default@2', outcome: { from_band: 'warm', band: 'hot' } })
  // Nobody does anything any more: it is judged when it says so, and only then.
  let at = hot.next_change_at
  for (let i = 0; i < 60 && at !== null; i++) {
    service.setNow(new Date(at))
    await service.drain()
    at = (await scoreOf(service, id)).next_change_at
  }
  t.match(await scoreOf(service, id), { fit: 30, engagement: 0, band: 'warm', next_change_at: null })
  const crossings = (await service.call('GET', '/v1/changes?types=lead.score_changed')).json().data
  t.equal(crossings.length, 3)
  const cooled = Date.parse(crossings[2].timestamp)
  const half = await scoreOf(service, id, `?as_of=${new Date(cooled - 2_000).toISOString()}`)
  t.equal(half.band, 'hot', 'as of two seconds before it was hot')
  t.equal((await scoreOf(service, id, `?as_of=${new Date(cooled).toISOString()}`)).band, 'warm')
  t.ok(cooled > now && cooled < now + 8 * DAY_MS)
})

t.test('the future as it will be if nothing happens', async (t) => {
  const service = await testService(t)
  await publish(service, rules(30))
  const id = await newLead(service, { full_name: 'Ada', country: 'DE' })
  await act(service, id, [{}])
  const later = new Date(Date.now() + 7 * DAY_MS).toISOString()
  t.match(await scoreOf(service, id, `?as_of=${later}`), { engagement: 5, total: 35, as_of: later })
  t.same((await service.call('GET', `/v1/leads/${id}/scores?as_of=2000-01-01T00:00:00Z`)).json().data, [])
  t.equal((await service.call('GET', `/v1/leads/${id}/scores?as_of=9999-01-01T00:00:00Z`)).statusCode, 400)
})

t.test('publishing scores all leads anew, and only what differs is written', async (t) => {
  const service = await testService(t)
  await publish(service, rules(30))
  const german = await newLead(service, { full_name: 'Ada', country: 'DE' })
  const french = await newLead(service, { full_name: 'Bob', country: 'FR' })
  const { id } = await publish(service, rules(70))
  t.match((await service.call('GET', `/v1/operations/${id}`)).json(), {
    status: 'succeeded',
    progress: { processed: 2, total: 2 },
    result: { scored: 2, changed: 1 },
  })
  t.match(await scoreOf(service, german), { total: 70, band: 'hot' })
  const history = (await service.call('GET', `/v1/leads/${german}/scores/default/history`)).json().data
  t.match(
    history.map(({ total, delta, reasons }: { total: number; delta: number; reasons: string[] }) => [
      total,
      delta,
      reasons,
    ]),
    [
      [70, 40, ['policy']],
      [30, 30, ['changed']],
    ],
  )
  t.equal((await service.call('GET', `/v1/leads/${french}/scores/default/history`)).json().data.length, 1)
  t.equal((await service.call('GET', '/v1/changes?types=lead.score_changed')).json().data.length, 2, 'warm, then hot')
})

t.test('a score that a person has set stays, whatever is published', async (t) => {
  const service = await testService(t)
  await publish(service, rules(30))
  const id = await newLead(service, { full_name: 'Ada', country: 'DE' })
  const url = `/v1/leads/${id}/scores/default/override`
  const set = await service.call('PUT', url, { total: 99, grade: 'A1', reason: 'Called us.' })
  t.equal(set.statusCode, 200)
  t.match(set.json(), {
    total: 99,
    grade: 'A1',
    band: 'hot',
    fit: 30,
    overridden: true,
    override: { reason: 'Called us.' },
  })
  const again = (ifMatch: string) =>
    service.call('PUT', url, { total: 98, reason: 'x' }, { headers: { 'if-match': ifMatch } })
  t.equal((await again('"v2"')).statusCode, 412)
  const once = await service.call('PUT', url, { total: 98, reason: 'x' }, { headers: { 'if-none-match': '*' } })
  t.equal(once.statusCode, 412, 'it is set already')
  await service.drain()
  await publish(service, rules(1))
  t.match(await scoreOf(service, id), { total: 99, fit: 1, overridden: true })
  t.equal((await service.call('DELETE', url)).statusCode, 204)
  t.equal((await service.call('DELETE', url)).statusCode, 404)
  await service.drain()
  t.match(await scoreOf(service, id), { total: 1, overridden: false, override: null })
  const until = new Date(Date.now() + 3_600_000)
  const over = await service.call('PUT', url, { total: 80, reason: 'Once', expires_at: '2020-01-01T00:00:00Z' })
  t.match([over.statusCode, over.json().errors], [400, [{ code: 'out_of_range', pointer: '/expires_at' }]])
  await service.call('PUT', url, { total: 80, reason: 'For an hour', expires_at: until.toISOString() })
  await service.drain()
  service.setNow(until)
  await service.drain()
  const reasons = (await scoreOf(service, id)).history.map((row: { reasons: string[]; total: number }) => [
    row.total,
    row.reasons,
  ])
  t.same(reasons[0], [1, ['time']])
})

t.test('conditions and search read the stored score of the default model', async (t) => {
  const service = await testService(t)
  await publish(service, rules(30))
  const id = await newLead(service, { full_name: 'Ada', country: 'DE' })
  await newLead(service, { full_name: 'Bob', country: 'FR' })
  const find = async (...all: object[]) =>
    (await service.call('POST', '/v1/leads/search', { filter: { any: [{ all }] } }))
      .json()
      .data?.map((l: { id: string }) => l.id)
  t.same(await find({ field: 'score.total', op: 'gte', value: '30' }), [id])
  t.same(await find({ field: 'score', op: 'gt', value: '29' }, { field: 'score.band', op: 'eq', value: 'warm' }), [id])
  t.same(await find({ field: 'score.grade', op: 'starts_with', value: 'D' }), [id])
  t.same(await find({ field: 'score.total', op: 'gt', value: '30' }), [])
})

t.test('a model is written, compared and read by version', async (t) => {
  const service = await testService(t)
  t.equal((await service.call('PUT', MODEL, rules(30))).statusCode, 428)
  const { headers } = await service.call('GET', MODEL)
  const put = await service.call('PUT', MODEL, rules(30), { headers: { 'if-match': String(headers['etag']) } })
  t.match(put.json(), { draft: { version: 2, state: 'draft' }, published: { version: 1 } })
  const diff = (await service.call('GET', `${MODEL}/diff`)).json()
  t.match(diff, { from_version: 1, to_version: 2 })
  t.ok(
    diff.data.some(
      ({ path, kind }: { path: string; kind: string }) => path === '/fit/rules/country' && kind === 'added',
    ),
  )
  const bad = {
    ...rules(30),
    fit: {
      min: 0,
      max: 1,
      rules: [{ key: 'x', condition: { any: [{ all: [{ field: 'score.total', op: 'is_set' }] }] }, points: 1 }],
    },
  }
  const refused = await service.call('PUT', '/v1/score-models/bad', bad)
  t.match(refused.json(), { status: 400, errors: [{ pointer: '/fit/rules/0/condition/any/0/all/0/field' }] })
  t.equal((await service.call('GET', '/v1/score-models/bad')).statusCode, 404)
})

t.test('a retired model scores nobody: its scores go, its history stays, and gates no longer see it', async (t) => {
  const service = await testService(t)
  const { call, drain } = service
  await publish(service, rules(70))
  const id = await newLead(service, { full_name: 'Ada', country: 'DE' })
  const find = async () =>
    (
      await call('POST', '/v1/leads/search', {
        filter: { any: [{ all: [{ field: 'score.total', op: 'gte', value: '60' }] }] },
      })
    ).json().data.length
  t.equal(await find(), 1)
  const { key: theirs } = await service.makeWorkspace()
  const retire = (more: object = {}, url = MODEL) => call('DELETE', url, undefined, { headers: { ...more } })
  t.equal((await retire({ authorization: `Bearer ${theirs}` })).statusCode, 404, 'that of another tenant')
  t.equal((await retire({}, '/v1/score-models/nobody')).statusCode, 404)
  t.equal((await retire({ 'if-match': '"v1"' })).statusCode, 412)
  const { etag } = (await call('GET', MODEL)).json()
  const followed = new Date().toISOString()
  service.setNow(new Date(Date.now() + 60_000))
  t.equal((await retire({ 'if-match': etag })).statusCode, 204)
  await drain()
  t.match((await call('GET', MODEL)).json(), { published: null, draft: null })
  t.match((await call('GET', `${MODEL}/versions`)).json().data[0], { state: 'retired' })
  t.strictSame((await call('GET', `/v1/leads/${id}/scores`)).json().data, [])
  t.match((await call('GET', `/v1/leads/${id}/scores?as_of=${followed}`)).json().data, [{ total: 70, band: 'hot' }])
  t.equal((await call('GET', `/v1/leads/${id}`)).json().score, null)
  t.equal(await find(), 0)
  t.match((await call('GET', `/v1/leads/${id}/scores/default/history`)).json().data, [{ total: 70 }])
  const [operation] = (await call('GET', '/v1/operations?kind=score_rescore')).json().data
  t.match(operation, { status: 'succeeded', resource_id: 'default', result: { scored: 0, changed: 1 } })
  const told = (await call('GET', '/v1/changes?types=lead.score_changed')).json().data
  t.match(
    told.map(({ data }: { data: { score: object; previous: object } }) => [data.score, data.previous]),
    [
      [{ band: 'hot', total: 70 }, { score: null }],
      [{ model_key: 'default', total: null, grade: null, band: null }, { score: { total: 70, band: 'hot' } }],
    ],
    'whoever follows the feed learns that it is gone',
  )
  t.equal(told[1].object_id, id)
  t.match((await call('GET', '/v1/changes?types=policy.retired')).json().data, [
    { data: { policy: { kind: 'score_model' } } },
  ])
  t.equal((await retire({})).statusCode, 204, 'once more is nothing')
  await newLead(service, { full_name: 'Bob', country: 'DE' })
  t.equal(await find(), 0)
  await publish(service, rules(90))
  t.equal(await find(), 2, 'and it can come back')
  t.match(await scoreOf(service, id), { total: 90, model_version: 3 })
})

t.test('a rescore and the judge at once leave the score of the newest facts', async (t) => {
  const service = await testService(t)
  await publish(service, rules(30))
  const items = Array.from({ length: 150 }, (_, i) => ({ email: `p${i}@example.org`, country: i % 2 ? 'DE' : 'FR' }))
  const made = (await service.call('POST', '/v1/leads/batch/upsert', { items })).json().results
  await service.drain()
  const { headers } = await service.call('GET', MODEL)
  await service.call('PUT', MODEL, rules(50), { headers: { 'if-match': String(headers['etag']) } })
  await service.call('POST', `${MODEL}/publish`)
  const turned = items.map((item) => ({ ...item, country: item.country === 'DE' ? 'FR' : 'DE' }))
  await Promise.all([
    service.drain(),
    service.call('POST', '/v1/leads/batch/upsert', { items: turned }),
    service.drain(),
  ])
  await service.drain()
  const found = await service.call('POST', '/v1/leads/search', {
    filter: { any: [{ all: [{ field: 'score.total', op: 'eq', value: '50' }] }] },
    limit: 200,
  })
  const expected = made.filter((_: object, i: number) => i % 2 === 0).map(({ id }: { id: string }) => id)
  t.same(
    found
      .json()
      .data.map(({ id }: { id: string }) => id)
      .sort(),
    expected.sort(),
  )
})

t.test('a draft is tried on all leads or some, and nothing changes', async (t) => {
  const service = await testService(t)
  await publish(service, rules(30))
  const german = await newLead(service, { full_name: 'Ada', country: 'DE' })
  await newLead(service, { full_name: 'Bob', country: 'FR' })
  const overridden = await newLead(service, { full_name: 'Cleo', country: 'DE' })
  await service.call('PUT', `/v1/leads/${overridden}/scores/default/override`, { total: 99, reason: 'Known' })
  await service.drain()
  t.equal((await service.call('POST', `${MODEL}/simulations`, {})).statusCode, 409, 'there is no draft')
  const { headers } = await service.call('GET', MODEL)
  await service.call('PUT', MODEL, rules(70), { headers: { 'if-match': String(headers['etag']) } })
  const simulate = async (body: object) => {
    const started = await service.call('POST', `${MODEL}/simulations`, body)
    t.equal(started.statusCode, 202)
    await service.drain()
    return (await service.call('GET', String(started.headers['location']))).json()
  }
  const all = await simulate({})
  t.match(all, { status: 'succeeded', result: { leads: 3, changed: 2, up: 1, down: 0, average_after: 56.33 } })
  t.match(all.result.movers, [{ lead_id: german, from: 30, to: 70 }])
  const up = all.result.bands.find(({ from, to }: { from: string; to: string }) => from === 'warm' && to === 'hot')
  t.match(up, { count: 1, sample: [german] })
  t.match(all.result.distribution, [
    { from_total: 0, before: 1, after: 1 },
    { from_total: 30, before: 1, after: 0 },
    { from_total: 70, before: 0, after: 1 },
    { from_total: 90, before: 1, after: 1 },
  ])
  const french = await simulate({ filter: { any: [{ all: [{ field: 'country', op: 'eq', value: 'FR' }] }] } })
  t.match(french.result, { leads: 1, changed: 0 })
  t.match(await scoreOf(service, german), { total: 30 })
  const refused = await service.call('POST', `${MODEL}/simulations`, {
    filter: { any: [{ all: [{ field: 'contry', op: 'is_set' }] }] },
  })
  t.match(refused.json(), { status: 400, code: 'invalid_filter', errors: [{ pointer: '/filter/any/0/all/0/field' }] })
})

t.test('a lead is shown with its score, and its tag tells when that has changed', async (t) => {
  const service = await testService(t)
  await publish(service, rules(30))
  const made = (await service.call('POST', '/v1/leads', { full_name: 'Ada', country: 'DE' })).json()
  t.equal(made.score, null, 'not scored yet')
  await service.drain()
  const url = `/v1/leads/${made.id}`
  const read = await service.call('GET', url)
  t.match(read.json(), { score: { total: 30, fit: 30, engagement: 0, grade: 'D4', band: 'warm' } })
  t.equal(read.headers['etag'], read.json().etag)
  t.not(read.headers['etag'], made.etag)
  t.equal((await service.call('GET', url, undefined, { headers: { 'if-none-match': made.etag } })).statusCode, 200)
  const tagged = await service.call('PATCH', url, { city: 'Berlin' }, { headers: { 'if-match': made.etag } })
  t.equal(tagged.statusCode, 200, 'a change of the score alone does not stand in the way of an edit')
  t.match(tagged.json(), { city: 'Berlin', score: { total: 30 } })
  const stale = await service.call(
    'PATCH',
    url,
    { city: 'Bonn' },
    { headers: { 'if-match': read.headers['etag'] as string } },
  )
  t.equal(stale.statusCode, 412)
  t.match((await service.call('GET', '/v1/leads')).json().data, [{ score: { total: 30 } }])
  t.match((await service.call('POST', '/v1/leads/search', {})).json().data, [{ score: { total: 30 } }])
})

t.test('a submitted form counts as engagement', async (t) => {
  const service = await testService(t)
  const form = { full_name: 'Ada Lovelace', email: 'ada@engines.test', message: 'Please call.' }
  const { submission_id } = (await service.call('POST', '/v1/public/forms/demo/submissions', form)).json()
  await service.drain()
  const { lead_id } = (await service.call('GET', `/v1/form-submissions/${submission_id}`)).json()
  const score = await scoreOf(service, lead_id)
  t.match(
    score.contributions.find(({ rule }: { rule: string }) => rule === 'forms'),
    { points: 20, counted: 1 },
  )
  t.match((await service.call('GET', `/v1/leads/${lead_id}`)).json(), { score: { engagement: 20, fit: 35, total: 55 } })
})
