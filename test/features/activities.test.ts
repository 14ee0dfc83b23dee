// What people record about leads: calls, meetings, notes, tasks, and kinds of their own.
import t from 'tap'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call } = service

const makeLead = async (name: string) => (await call('POST', '/v1/leads', { full_name: name })).json().id as string
const record = async (body: object) => await call('POST', '/v1/activities', body)

t.test('a call is answered as it was sent, stands in the timeline and in the change feed', async (t) => {
  const lead_id = await makeLead('Ada Called')
  const sent = {
    lead_id,
    type: 'call',
    subject: 'Discovery call',
    body: 'Line one\nline two \u{1F600}',
    occurred_at: '2026-01-02T03:04:05.678Z',
    data: { direction: 'outbound', nested: { lead_id: '0198c000-0000-7000-8000-000000000000', none: null }, list: [1] },
  }
  const made = await record(sent)
  t.equal(made.statusCode, 201, made.body)
  const activity = made.json()
  t.match(activity, { ...sent, version: 1, due_at: null, done_at: null, assignee_id: null, receipt_id: null })
  t.same(activity.data, sent.data, 'details are kept to the letter, uuids and nulls included')
  t.equal(made.headers['location'], `/v1/activities/${activity.id}`)
  t.same((await call('GET', `/v1/activities/${activity.id}`)).json(), activity)
  const [, line] = (await call('GET', `/v1/leads/${lead_id}/timeline`)).json().data
  t.same(line, activity, 'the timeline shows the same')
  const { data: changes } = (await call('GET', '/v1/changes?types=activity.*&limit=200')).json()
  const change = changes.find((one: { object_id: string }) => one.object_id === activity.id)
  t.equal(change.type, 'activity.recorded')
  t.same(change.data.activity, activity)
})

t.test('a task is open until it is done, and can be opened again', async (t) => {
  const lead_id = await makeLead('Bob Task')
  const task = (
    await record({ lead_id, type: 'task', subject: 'Send offer', due_at: '2030-05-01T08:00:00+02:00' })
  ).json()
  t.equal(task.due_at, '2030-05-01T06:00:00.000Z')
  const list = async (query: string) =>
    (await call('GET', `/v1/activities?lead_id=${lead_id}&${query}`)).json().data.map(({ id }: { id: string }) => id)
  t.same(await list('done=false'), [task.id])
  t.same(await list('done=true'), [])
  const patch = async (body: object, tag?: string) =>
    await call('PATCH', `/v1/activities/${task.id}`, body, tag === undefined ? {} : { headers: { 'if-match': tag } })
  const done = await patch({ done_at: '2026-01-01T00:00:00Z' }, task.etag)
  t.match(done.json(), { done_at: '2026-01-01T00:00:00.000Z', version: 2, etag: '"v2"' })
  t.same(await list('done=true'), [task.id])
  t.equal((await patch({ subject: 'late' }, task.etag)).statusCode, 412, 'a stale tag changes nothing')
  t.match((await patch({ done_at: null })).json(), { done_at: null, version: 3 })
  t.match((await patch({ done_at: null })).json(), { version: 3 }, 'the same again changes nothing')
  t.same(await list('sort=due_at&due_before=2031-01-01T00:00:00Z'), [task.id])
})

t.test('a seller who is not there does nothing, in a new activity as in a correction', async (t) => {
  const lead_id = await makeLead('Ida Assigned')
  const { id: grace } = (await call('POST', '/v1/users', { name: 'Grace Hopper' })).json()
  const nobody = 'user_01k8r5x4q3e7vb2c9m6h0n1d5s'
  const task = { lead_id, type: 'task', subject: 'Call back' }
  const refused = { code: 'unprocessable', errors: [{ code: 'unknown_user', pointer: '/assignee_id' }] }
  const made = await record({ ...task, assignee_id: nobody })
  t.match([made.statusCode, made.json()], [422, refused])
  const items = [
    { ...task, assignee_id: nobody },
    { ...task, assignee_id: grace },
  ]
  const batch = (await call('POST', '/v1/activities/batch/create', { items })).json()
  t.match(batch, { succeeded: 1, failed: 1, results: [{ error: refused }, { status: 201 }] })
  const url = `/v1/activities/${batch.results[1].id}`
  t.match((await call('PATCH', url, { assignee_id: nobody })).json(), refused)
  t.match((await call('PATCH', url, { subject: 'Call soon' })).json(), { assignee_id: grace, subject: 'Call soon' })
  t.match((await call('PATCH', url, { assignee_id: null })).json(), { assignee_id: null })
})

t.test('a correction merges the details as a merge patch does', async (t) => {
  const lead_id = await makeLead('Cleo Merge')
  const { id } = (
    await record({ lead_id, type: 'custom:site_visit', data: { a: 1, b: { c: 2, d: 3 }, e: [1] } })
  ).json()
  const patch = { data: { a: null, b: { c: null, x: { y: null } }, e: [2] }, body: 'there' }
  const answer = await call('PATCH', `/v1/activities/${id}`, patch)
  t.equal(answer.statusCode, 200, answer.body)
  const changed = answer.json()
  t.same(changed.data, { b: { d: 3, x: {} }, e: [2] })
  t.equal(changed.body, 'there')
  t.equal(changed.type, 'custom:site_visit')
})

t.test('what cannot be is refused with its place', async (t) => {
  const lead_id = await makeLead('Dora Wrong')
  const cases: [object, number, string][] = [
    [{ lead_id, type: 'form_submitted' }, 400, '/type'],
    [{ lead_id, type: 'custom:' }, 400, '/type'],
    [{ lead_id, type: 'call', due_at: '2030-01-01T00:00:00Z' }, 400, '/due_at'],
    [{ lead_id, type: 'note', done_at: '2020-01-01T00:00:00Z' }, 400, '/done_at'],
    [{ lead_id, type: 'call', occurred_at: '2999-01-01T00:00:00Z' }, 400, '/occurred_at'],
    [{ lead_id, type: 'call', occurred_at: '2026-02-30T00:00:00Z' }, 400, '/occurred_at'],
    [{ lead_id, type: 'call', data: { much: 'x'.repeat(17_000) } }, 400, '/data'],
    [{ lead_id: 'lead_7zzzzzzzzzzzzzzzzzzzzzzzzz', type: 'call' }, 422, '/lead_id'],
  ]
  for (const [body, status, pointer] of cases) {
    const answer = await record(body)
    t.equal(answer.statusCode, status, answer.body)
    t.equal(answer.json().errors[0].pointer, pointer)
  }
  t.equal((await call('GET', '/v1/activities?type=lead_created')).statusCode, 400)
})

t.test('a batch answers each item for itself; an atomic one writes all or none', async (t) => {
  const lead_id = await makeLead('Eve Batch')
  const items = [
    { lead_id, type: 'meeting' },
    { lead_id, type: 'nonsense' },
    { lead_id: 'lead_7zzzzzzzzzzzzzzzzzzzzzzzzz', type: 'note' },
    { lead_id, type: 'note', surprise: 1 },
    { lead_id, type: 'note', body: 'kept' },
  ]
  const statuses = (answer: { json(): { results: { status: number }[] } }) =>
    answer.json().results.map(({ status }) => status)
  const none = await call('POST', '/v1/activities/batch/create', { items, atomic: true })
  t.same(statuses(none), [409, 400, 422, 400, 409])
  t.same((await call('GET', `/v1/activities?lead_id=${lead_id}`)).json().data, [])
  const some = await call('POST', '/v1/activities/batch/create', { items })
  t.equal(some.statusCode, 207)
  t.same(statuses(some), [201, 400, 422, 400, 201])
  t.equal((await call('GET', `/v1/activities?lead_id=${lead_id}`)).json().data.length, 2)
  const many = Array.from({ length: 200 }, (_, i) => ({ lead_id, type: 'call', subject: `Call ${i}` }))
  t.equal((await call('POST', '/v1/activities/batch/create', { items: many })).json().succeeded, 200)
  t.equal((await call('POST', '/v1/activities/batch/create', { items: [...many, many[0]] })).statusCode, 400)
})

t.test('pages join without gap or overlap, also among equal moments', async (t) => {
  const lead_id = await makeLead('Fay Pages')
  const at = ['2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z']
  const items = Array.from({ length: 25 }, (_, i) => ({
    lead_id,
    type: i % 5 ? 'call' : 'note',
    occurred_at: at[i % 2],
  }))
  await call('POST', '/v1/activities/batch/create', { items })
  for (const sort of ['-occurred_at', 'occurred_at']) {
    const seen: string[] = []
    let cursor = ''
    do {
      const page = (
        await call('GET', `/v1/activities?lead_id=${lead_id}&type=call&limit=7&sort=${sort}${cursor}`)
      ).json()
      seen.push(...page.data.map(({ id }: { id: string }) => id))
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`
    } while (cursor !== '')
    t.equal(seen.length, 20)
    t.equal(new Set(seen).size, 20)
  }
  const day = '&occurred_after=2026-03-02T00:00:00Z&occurred_before=2026-03-03T00:00:00Z'
  t.equal((await call('GET', `/v1/activities?lead_id=${lead_id}${day}`)).json().data.length, 12)
})

t.test('another workspace sees nothing, and a key needs the right', async (t) => {
  const lead_id = await makeLead('Gil Fence')
  const { id } = (await record({ lead_id, type: 'note' })).json()
  const other = await service.makeWorkspace()
  const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } })
  t.equal((await call('GET', `/v1/activities/${id}`, undefined, as(other.key))).statusCode, 404)
  t.equal((await call('PATCH', `/v1/activities/${id}`, { body: 'mine' }, as(other.key))).statusCode, 404)
  t.equal((await call('POST', '/v1/activities', { lead_id, type: 'note' }, as(other.key))).statusCode, 422)
  const reader = await service.makeKey('restricted', { scopes: ['activities:read'] })
  t.equal((await call('GET', `/v1/activities/${id}`, undefined, as(reader))).statusCode, 200)
  t.equal((await call('POST', '/v1/activities', { lead_id, type: 'note' }, as(reader))).statusCode, 403)
})

t.test('of many corrections at once each counts', async (t) => {
  const lead_id = await makeLead('Hal Many')
  const { id } = (await record({ lead_id, type: 'note', data: {} })).json()
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) => call('PATCH', `/v1/activities/${id}`, { data: { [`k${i}`]: i } })),
  )
  t.same(new Set(answers.map(({ statusCode }) => statusCode)), new Set([200]))
  const { data, version } = (await call('GET', `/v1/activities/${id}`)).json()
  t.equal(Object.keys(data).length, 12)
  t.equal(version, 13)
})
