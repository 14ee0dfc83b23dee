// Conditional requests (RFC 9110, 13): reading again for nothing, and never overwriting what somebody else changed.
import t from 'tap'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call } = service

const lead = (await call('POST', '/v1/leads', { email: 'ada@example.org' })).json<{ id: string; etag: string }>()
const url = `/v1/leads/${lead.id}`
// The score is read with the lead and changes without a version of its own: the tag of a judged lead holds both.
await service.drain()
const tag = String((await call('GET', url)).headers['etag'])
const version = (answer: { headers: Record<string, unknown> }) =>
  /^"(v\d+)\.[\w-]{8}"$/.exec(String(answer.headers['etag']))?.[1]

t.test('a versioned resource carries its tag in header and body', async (t) => {
  t.equal(lead.etag, '"v1"', 'before it is judged there is nothing beside the version')
  const read = await call('GET', url)
  t.match(tag, /^"v1\.[\w-]{8}"$/)
  t.equal(read.headers['etag'], tag)
  t.equal(read.json<{ etag: string }>().etag, tag)
})

t.test('what the caller has already is a 304 without a body', async (t) => {
  for (const given of [tag, `W/${tag}`, `"other", ${tag}`, `"a,b" ,W/${tag}`, '*']) {
    const read = await call('GET', url, undefined, { headers: { 'if-none-match': given } })
    t.equal(read.statusCode, 304, given)
    t.equal(read.body, '')
    t.equal(read.headers['etag'], tag)
    t.equal(read.headers['cache-control'], 'no-store')
    t.equal(read.headers['content-type'], undefined)
  }
  for (const given of ['"v1"', '"v2"', tag.slice(1, -1), tag.slice(0, -1), '', tag.toUpperCase()]) {
    t.equal((await call('GET', url, undefined, { headers: { 'if-none-match': given } })).statusCode, 200, given)
  }
})

t.test('a resource without a version is tagged by its content', async (t) => {
  const body = { email: 'grace@example.org', full_name: 'Grace' }
  const submitted = await call('POST', '/v1/public/forms/demo/submissions', body)
  const submission = `/v1/form-submissions/${submitted.json<{ submission_id: string }>().submission_id}`
  const before = String((await call('GET', submission)).headers['etag'])
  t.match(before, /^"[\w-]{22}"$/)
  const known = { headers: { 'if-none-match': before } }
  t.equal((await call('GET', submission, undefined, known)).statusCode, 304, 'the same content has the same tag')
  await service.drain()
  const after = await call('GET', submission, undefined, known)
  t.equal(after.statusCode, 200, 'what has changed is sent')
  t.not(after.headers['etag'], before)
})

t.test('lists have no tag', async (t) => {
  t.equal((await call('GET', '/v1/leads')).headers['etag'], undefined)
})

t.test('HEAD answers as GET would, without the body', async (t) => {
  const read = await call('GET', url)
  const head = await call('HEAD', url)
  t.equal(head.statusCode, 200)
  t.equal(head.body, '')
  for (const name of ['etag', 'content-type', 'content-length', 'cache-control']) {
    t.equal(head.headers[name], read.headers[name], name)
  }
  t.equal((await call('HEAD', url, undefined, { headers: { 'if-none-match': tag } })).statusCode, 304)
})

t.test('If-Match changes the version that the caller saw and no other', async (t) => {
  const patch = (ifMatch: string) => call('PATCH', url, { first_name: ifMatch }, { headers: { 'if-match': ifMatch } })
  for (const stale of ['"v2"', 'W/"v1"', '"other"', 'v1', '"v1', '"v01"', '"v1e0"', '"v99999999999"', '']) {
    const refused = await patch(stale)
    t.equal(refused.statusCode, 412, `${stale} does not match`)
    t.equal(refused.json<{ code: string }>().code, 'precondition_failed')
  }
  t.equal((await call('GET', url)).headers['etag'], tag, 'nothing was changed')
  const changed = await patch(tag)
  t.equal(changed.statusCode, 200, 'the tag that was read')
  t.equal(version(changed), 'v2')
  t.equal(version(await patch('"v2"')), 'v3', 'the version alone: what the score did meanwhile is no conflict')
  t.equal(version(await patch('"v3.AAAAAAAA"')), 'v4', 'the tag of an older score')
  t.equal(version(await patch('*')), 'v5', '* is any version')
  t.equal(version(await patch('"elsewhere", "v5"')), 'v6', 'one of ours among others')
  t.equal(version(await patch('"v5", "v6"')), 'v7', 'any of several versions')
  t.equal(version(await patch('W/"v7", "v9" , "v7.AAAAAAAA"')), 'v8', 'in any form and place')
  t.equal((await patch('"v6", "v7", W/"v8"')).statusCode, 412, 'none of them')
})

t.test('of two changes to the same version one is made', async (t) => {
  const seen = String((await call('GET', url)).headers['etag'])
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) => call('PATCH', url, { city: `City ${i}` }, { headers: { 'if-match': seen } })),
  )
  const statuses = answers.map(({ statusCode }) => statusCode).sort()
  t.strictSame(statuses, [200, 412, 412, 412, 412, 412, 412, 412])
})

t.test('an absent resource is absent, whatever the condition', async (t) => {
  const absent = '/v1/leads/lead_01k8r5x4q3e7vb2c9m6h0n1d5s'
  for (const condition of [{ 'if-match': '"v1"' }, { 'if-match': '*' }, { 'if-none-match': '*' }]) {
    t.equal((await call('GET', absent, undefined, { headers: condition })).statusCode, 404)
    t.equal((await call('PATCH', absent, { city: 'X' }, { headers: condition })).statusCode, 404)
  }
})

t.test('* changes what exists, whatever its version, and creates nothing', async (t) => {
  const any = { headers: { 'if-match': '*' } }
  const form = { title: 'Any version', fields: [{ name: 'email', type: 'email', maps_to: 'email' }] }
  t.equal((await call('PUT', '/v1/forms/absent', form, any)).statusCode, 412)
  t.equal((await call('GET', '/v1/forms/absent')).statusCode, 404)
  t.equal((await call('PUT', '/v1/forms/demo', form)).statusCode, 428, 'a settings document wants a condition')
  t.equal((await call('PUT', '/v1/forms/demo', form, any)).json<{ title: string }>().title, 'Any version')
  for (const [collection, record] of [
    ['leads', { first_name: 'Ada' }],
    ['accounts', { name: 'Engines' }],
  ] as const) {
    const address = `/v1/${collection}/by-external-id/hubspot/any-${collection}`
    t.equal((await call('PATCH', address, record, any)).statusCode, 412, `${collection}: nothing to change`)
    t.equal((await call('PATCH', address, record)).statusCode, 201)
    t.equal((await call('PATCH', address, { ...record, city: 'London' }, any)).statusCode, 200)
  }
  const settings = await call('GET', '/v1/settings/workspace')
  const { name } = settings.json<{ name: string }>()
  t.equal((await call('PUT', '/v1/settings/workspace', { name }, any)).statusCode, 200)
})
