import t from 'tap'
import { rowsOf } from '../helpers/rows.ts'
import { type TestService, testService } from '../helpers/service.ts'

const DAY = 86_400_000
const where = (field: string, op: string, value: string) => ({ any: [{ all: [{ field, op, value }] }] })

let made = 0
async function makeLead({ call }: TestService, fields: object = {}): Promise<string> {
  const answer = await call('POST', '/v1/leads', { email: `lead-${++made}@segments.test`, ...fields })
  return answer.json().id
}

/** Writes and publishes a segment, and lets everybody enter. */
async function publish({ call, drain }: TestService, key: string, body: object): Promise<void> {
  const current = (await call('GET', `/v1/segments/${key}`)).json().etag
  const headers = current === undefined ? {} : { 'if-match': current }
  const saved = await call('PUT', `/v1/segments/${key}`, { title: key, ...body }, { headers })
  if (saved.statusCode > 201) throw new Error(saved.body)
  const done = await call('POST', `/v1/segments/${key}/publish`)
  if (done.statusCode !== 200) throw new Error(done.body)
  await drain()
}

async function membersOf({ call }: TestService, key: string, more = ''): Promise<string[]> {
  const { data } = (await call('GET', `/v1/segments/${key}/members?limit=200${more}`)).json()
  return data.map((one: { lead: { id: string } }) => one.lead.id).sort()
}

t.test('publishing lets in whoever the condition holds for, and tells it', async (t) => {
  const service = await testService(t)
  const { call, drain } = service
  const [a, b, c] = [
    await makeLead(service, { country: 'DE' }),
    await makeLead(service, { country: 'DE' }),
    await makeLead(service, { country: 'AT' }),
  ]
  await drain()
  t.equal(
    (await call('PUT', '/v1/segments/dach', { title: 'D', condition: where('country', 'eq', 'DE') })).statusCode,
    201,
  )
  t.equal((await call('GET', '/v1/segments/dach/members')).json().data.length, 0, 'a draft lets nobody in')
  const preview = (await call('POST', '/v1/segments/dach/preview', {})).json()
  t.match(preview, { matches: { value: 2, relation: 'eq' } })
  t.strictSame(preview.sample.map(({ id }: { id: string }) => id).sort(), [a, b].sort())
  const tried = await call('POST', '/v1/segments/dach/preview', { condition: where('country', 'eq', 'AT') })
  t.match(tried.json(), { matches: { value: 1 }, sample: [{ id: c }] })
  await call('POST', '/v1/segments/dach/publish')
  await drain()
  t.strictSame(await membersOf(service, 'dach'), [a, b].sort())
  const [operation] = (await call('GET', '/v1/operations')).json().data
  t.match(operation, { kind: 'segment_evaluation', status: 'succeeded', result: { entered: 2, left: 0 } })
  const changes = (await call('GET', '/v1/changes?types=segment.entered')).json().data
  t.strictSame(changes.map((one: { object_id: string }) => one.object_id).sort(), [a, b].sort())
  t.match(changes[0].data, { segment_key: 'dach', changed_fields: ['segments'], lead: { country: 'DE' } })
  t.equal((await call('GET', '/v1/segments/dach/members?include_total=true')).json().total.value, 2)
})

t.test('a lead enters and leaves as it changes, with receipt and change', async (t) => {
  const service = await testService(t)
  const { call, drain } = service
  await publish(service, 'dach', { condition: where('country', 'eq', 'DE') })
  await publish(service, 'inner', { condition: where('segments', 'contains', 'dach') })
  const id = await makeLead(service, { country: 'DE' })
  await drain()
  t.strictSame(await membersOf(service, 'inner'), [id], 'a segment sees the one that it asks about as it is now')
  const receipts = (await call('GET', `/v1/leads/${id}/decisions`)).json().data
  t.match(receipts[0], {
    kind: 'segment',
    policy: 'segment:dach@1 segment:inner@1',
    outcome: { entered: ['dach', 'inner'] },
  })
  t.ok(JSON.stringify(receipts[0]).length < 500)
  await call('PATCH', `/v1/leads/${id}`, { country: 'AT' })
  await drain()
  t.strictSame(await membersOf(service, 'dach'), [])
  t.strictSame(await membersOf(service, 'inner'), [])
  const left = (await call('GET', '/v1/changes?types=segment.left')).json().data
  t.match(left[0].data, { segment_key: 'dach', previous: { segments: ['dach', 'inner'] }, segments: [] })
  const found = await call('POST', '/v1/leads/search', { filter: where('segments', 'not_contains', 'dach') })
  t.equal(found.json().data[0].id, id)
})

t.test('an archived lead is in no dynamic segment', async (t) => {
  const service = await testService(t)
  await publish(service, 'all', { condition: { any: [{ all: [] }] } })
  const id = await makeLead(service)
  await service.drain()
  t.strictSame(await membersOf(service, 'all'), [id])
  await service.call('DELETE', `/v1/leads/${id}`)
  await service.drain()
  t.strictSame(await membersOf(service, 'all'), [])
})

t.test('time alone moves a lead out, at the moment and not before', async (t) => {
  const service = await testService(t)
  const { drain, setNow } = service
  const start = Date.parse('2030-01-01T00:00:00.000Z')
  setNow(new Date(start))
  const early = await makeLead(service)
  await drain()
  await publish(service, 'fresh', { condition: where('created_at', 'within_days', '7') })
  const late = await makeLead(service)
  await drain()
  const both = [early, late].sort()
  t.strictSame(await membersOf(service, 'fresh'), both)
  const due = (await rowsOf(service, 'lead_work')).map((row) => Date.parse(String(row['due_at'])))
  t.strictSame(
    due,
    [start + 7 * DAY + 1, start + 7 * DAY + 1],
    'both will be judged just then, the bulk-entered one too',
  )
  setNow(new Date(start + 7 * DAY))
  await drain()
  t.strictSame(await membersOf(service, 'fresh'), both)
  setNow(new Date(start + 7 * DAY + 1))
  await drain()
  t.strictSame(await membersOf(service, 'fresh'), [])
})

t.test('who was in at a moment can be asked for ever', async (t) => {
  const service = await testService(t)
  const { call, drain, setNow } = service
  const at = (hour: number) => `2030-01-01T${String(hour).padStart(2, '0')}:00:00.000Z`
  const step = async (hour: number, country: string, id: string) => {
    setNow(new Date(at(hour)))
    await call('PATCH', `/v1/leads/${id}`, { country })
    await drain()
  }
  setNow(new Date(at(0)))
  await publish(service, 'dach', { condition: where('country', 'eq', 'DE') })
  const id = await makeLead(service)
  await step(2, 'DE', id)
  await step(4, 'AT', id)
  await step(6, 'DE', id)
  const was = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((hour) => membersOf(service, 'dach', `&at=${at(hour)}`)))
  t.strictSame(
    was.map(({ length }) => length),
    [0, 1, 1, 0, 0, 1, 1],
  )
})

t.test('who is erased leaves, and the figures of the past stay what they were', async (t) => {
  const service = await testService(t)
  const { call, drain, setNow } = service
  const at = (hour: number) => `2030-01-01T0${hour}:00:00.000Z`
  setNow(new Date(at(0)))
  await publish(service, 'guests', { kind: 'static' })
  const id = await makeLead(service)
  setNow(new Date(at(1)))
  await call('POST', '/v1/segments/guests/members/add', { lead_ids: [id] })
  setNow(new Date(at(3)))
  const erased = await call('POST', `/v1/leads/${id}/erase`, {})
  t.ok(erased.statusCode < 300, erased.body)
  await drain()
  t.strictSame(await membersOf(service, 'guests'), [])
  t.strictSame(await membersOf(service, 'guests', `&at=${at(2)}`), [id])
})

t.test('a static segment is put together by hand', async (t) => {
  const service = await testService(t)
  const { call, drain } = service
  await publish(service, 'guests', { kind: 'static' })
  const [a, b] = [await makeLead(service), await makeLead(service)]
  const nobody = 'lead_01k8r5x4q3e7vb2c9m6h0n1d5s'
  const add = (lead_ids: string[], key = 'guests') => call('POST', `/v1/segments/${key}/members/add`, { lead_ids })
  t.match((await add([a, b, nobody, a])).json(), { changed: 2, unchanged: 0, not_found: [nobody] })
  t.match((await add([a])).json(), { changed: 0, unchanged: 1, not_found: [] })
  await drain()
  t.strictSame(await membersOf(service, 'guests'), [a, b].sort(), 'judging leaves it alone')
  const removed = await call('POST', '/v1/segments/guests/members/remove', { lead_ids: [a] })
  t.match(removed.json(), { changed: 1 })
  t.strictSame(await membersOf(service, 'guests'), [b])
  await publish(service, 'dach', { condition: where('country', 'eq', 'DE') })
  t.match((await add([a], 'dach')).json(), { code: 'conflict' })
  t.equal((await add([a], 'nope')).statusCode, 404)
  t.equal((await add([])).statusCode, 400)
  const many = await Promise.all([1, 2, 3, 4, 5].map(() => add([a])))
  t.equal(
    many.reduce((sum, answer) => sum + answer.json().changed, 0),
    1,
    'at once it enters once',
  )
})

t.test('why a lead is in or out is told term by term', async (t) => {
  const service = await testService(t)
  await publish(service, 'dach', { condition: where('country', 'eq', 'DE') })
  const id = await makeLead(service, { country: 'AT' })
  t.match((await service.call('GET', `/v1/segments/dach/members/${id}`)).json(), {
    ...{ segment_key: 'dach', lead_id: id, member: false, entered_at: null },
    condition: { matches: false, groups: [{ terms: [{ field: 'country', matches: false, saw: 'AT' }] }] },
  })
  await service.call('PATCH', `/v1/leads/${id}`, { country: 'DE', archived: true })
  await service.drain()
  t.match((await service.call('GET', `/v1/segments/dach/members/${id}`)).json(), {
    ...{ member: false, archived: true, resting: false },
    condition: { matches: true },
  })
})

t.test('a segment whose field goes rests, and goes on when the field is back', async (t) => {
  const service = await testService(t)
  const { call, drain } = service
  const define = async (...fields: object[]) => {
    const { lead, account, etag } = (await call('GET', '/v1/settings/custom-fields')).json()
    const others = lead.filter(({ key }: { key: string }) => key !== 'plan')
    const body = { lead: [...others, ...fields], account }
    const answer = await call('PUT', '/v1/settings/custom-fields', body, { headers: { 'if-match': etag } })
    if (answer.statusCode !== 200) throw new Error(answer.body)
    await drain()
  }
  const explain = async (id: string) => (await call('GET', `/v1/segments/planless/members/${id}`)).json()
  await define({ key: 'plan', type: 'text' })
  await publish(service, 'planless', {
    condition: { any: [{ all: [{ field: 'custom_fields.plan', op: 'is_not_set' }] }] },
  })
  const before = await makeLead(service)
  await drain()
  await define()
  const id = await makeLead(service)
  await drain()
  t.match(await explain(id), { member: false, resting: true, condition: null })
  t.match(await explain(before), { member: true }, 'who is in stays in')
  await define({ key: 'plan', type: 'integer' })
  t.match(await explain(id), { member: true, resting: false, condition: { matches: true } })
})

t.test('a segment out of use lets everybody go and keeps its past', async (t) => {
  const service = await testService(t)
  const { call, drain } = service
  await publish(service, 'dach', { condition: where('country', 'eq', 'DE') })
  const id = await makeLead(service, { country: 'DE' })
  await drain()
  t.equal((await call('DELETE', '/v1/segments/dach')).statusCode, 204)
  await drain()
  t.equal((await rowsOf(service, 'segment_members')).length, 0)
  t.equal((await rowsOf(service, 'segment_stays')).length, 1)
  t.equal((await call('GET', '/v1/segments/dach/members')).statusCode, 404)
  t.equal((await call('GET', '/v1/segments/dach/versions/1')).statusCode, 200)
  t.match((await call('GET', '/v1/changes?types=segment.left')).json().data, [{ object_id: id }])
})

t.test('segments that ask in a circle are refused', async (t) => {
  const service = await testService(t)
  await publish(service, 'a', { condition: where('country', 'eq', 'DE') })
  await publish(service, 'b', { condition: where('segments', 'eq', 'a') })
  const { etag } = (await service.call('GET', '/v1/segments/a')).json()
  const body = { title: 'a', condition: where('segments', 'eq', 'b') }
  const circle = await service.call('PUT', '/v1/segments/a', body, { headers: { 'if-match': etag } })
  t.match(circle.json().errors, [{ code: 'circle', pointer: '/condition' }])
})

t.test('evaluating all leads and judging them one by one agree', async (t) => {
  const service = await testService(t)
  const { call, drain } = service
  const countries = ['DE', 'AT', 'CH', null]
  const ids = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      makeLead(service, { country: countries[i % 4] ?? null, tags: i % 3 === 0 ? ['vip'] : [] }),
    ),
  )
  await drain()
  const condition = {
    any: [
      {
        all: [
          { field: 'country', op: 'in', values: ['DE', 'CH'] },
          { field: 'tags', op: 'contains', value: 'vip' },
        ],
      },
      {
        all: [
          { field: 'country', op: 'is_not_set' },
          { field: 'touch.last.source_key', op: 'is_not_set' },
        ],
      },
    ],
  }
  await publish(service, 'mixed', { condition })
  const inBulk = await membersOf(service, 'mixed')
  t.ok(inBulk.length > 5 && inBulk.length < 40)
  for (const id of ids) await call('PATCH', `/v1/leads/${id}`, { city: 'Kiel' })
  await drain()
  t.strictSame(await membersOf(service, 'mixed'), inBulk)
})
