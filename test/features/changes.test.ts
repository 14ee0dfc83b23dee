import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call, ctx, app } = service

interface Change {
  id: string
  type: string
  sequence: number
  object: string
  object_id: string
  actor: string
  origin: string | null
  timestamp: string
  data: Record<string, unknown> & { changed_fields: string[]; previous: Record<string, unknown> }
}

const feed = async (query: string) => {
  const answer = await call('GET', `/v1/changes?${query}`)
  if (answer.statusCode !== 200) throw new Error(answer.body)
  return answer.json() as { data: Change[]; has_more: boolean; next_cursor: string }
}
const latest = async () => (await feed('cursor=latest')).next_cursor
const typesOf = (changes: Change[]) => changes.map(({ type }) => type)

t.test('every kind of object tells what changed, from what, by whom', async (t) => {
  const start = await latest()
  const crmKey = await service.makeKey('secret', { origin: 'hubspot' })
  const headers = { authorization: `Bearer ${crmKey}` }
  const lead = (await call('POST', '/v1/leads', { email: 'feed@example.org', city: 'Bonn' }, { headers })).json()
  await call('PATCH', `/v1/leads/${lead.id}`, { city: 'Köln', tags: ['x'] })
  const account = (await call('POST', '/v1/accounts', { name: 'Feed Ltd' })).json()
  await call('PATCH', `/v1/accounts/${account.id}`, { name: 'Feed Inc' }, { headers })
  await call('PATCH', `/v1/leads/${lead.id}`, { account_id: account.id })
  const form = (await call('GET', '/v1/forms/demo')).json()
  const { id: _, form_key: __, public_key: ___, submit_path: ____, ...rest } = form
  const definition = Object.fromEntries(
    Object.entries(rest).filter(([name]) => ['title', 'fields', 'success_message'].includes(name)),
  )
  await call('PUT', '/v1/forms/demo', { ...definition, title: 'Talk' }, { headers: { 'if-match': form.etag } })
  const fields = (await call('GET', '/v1/settings/custom-fields')).json()
  await call(
    'PUT',
    '/v1/settings/custom-fields',
    { lead: [...fields.lead, { key: 'seats', type: 'integer' }], account: [] },
    { headers: { 'if-match': fields.etag } },
  )
  const { data } = await feed(`cursor=${start}`)
  const told = (type: string) => data.find((change) => change.type === type)
  t.match(told('lead.created'), {
    object: 'lead',
    object_id: lead.id,
    origin: 'hubspot',
    data: { lead: { city: 'Bonn' } },
  })
  const updated = told('lead.updated')
  t.strictSame(updated?.data.changed_fields, ['city', 'tags'])
  t.strictSame(updated?.data.previous, { city: 'Bonn', tags: [] })
  t.match(updated, { origin: null, data: { lead: { city: 'Köln', tags: ['x'], version: 2 } } })
  t.match(told('account.created'), { object_id: account.id, data: { account: { name: 'Feed Ltd' }, previous: {} } })
  t.match(told('account.updated'), {
    origin: 'hubspot',
    data: { changed_fields: ['name'], previous: { name: 'Feed Ltd' } },
  })
  const linked = data.filter(({ type }) => type === 'lead.updated').at(-1)
  t.match(linked?.data, { changed_fields: ['account_id'], previous: { account_id: null } })
  t.match(linked?.data['lead'], { account_id: account.id }, 'ids are those of the wire')
  t.match(told('form.updated'), { object: 'form', object_id: form.id })
  t.match(told('custom_fields.updated'), { object: 'custom_fields', data: { changed_fields: ['lead'] } })
  t.match(told('custom_fields.updated')?.object_id, /^ws_/)
  t.strictSame(
    data.map(({ sequence }) => sequence),
    data.map((_, i) => Number(start) + 1 + i),
    'no gaps',
  )
})

t.test('types, wildcards and origin narrow the feed', async (t) => {
  const all = (await feed('cursor=earliest&limit=1000')).data
  t.strictSame(
    (await feed('types=account.*&limit=1000')).data,
    all.filter(({ object }) => object === 'account'),
  )
  t.strictSame(
    typesOf((await feed('types=lead.created&types=form.*&limit=1000')).data),
    typesOf(all).filter((type) => type === 'lead.created' || type.startsWith('form.')),
  )
  t.strictSame(
    (await feed('exclude_origin=hubspot&limit=1000')).data,
    all.filter(({ origin }) => origin !== 'hubspot'),
  )
  for (const query of ['types=lead', 'types=leed.*', 'types=lead.exploded', 'types=*', 'types=lead.%25', 'types=%00']) {
    t.equal((await call('GET', `/v1/changes?${query}`)).statusCode, 400, query)
  }
  t.match((await call('GET', '/v1/changes?types=lead.*&types=leed.*')).json().errors, [
    { code: 'unknown_type', parameter: 'types.1' },
  ])
})

t.test('a cursor goes on exactly where the page before ended', async (t) => {
  const all = (await feed('limit=1000')).data
  const seen: Change[] = []
  let cursor = 'earliest'
  let more = true
  while (more) {
    const page = await feed(`cursor=${cursor}&limit=3`)
    seen.push(...page.data)
    cursor = page.next_cursor
    more = page.has_more
  }
  t.strictSame(seen, all)
  t.strictSame(await feed(`cursor=${cursor}`), { data: [], has_more: false, next_cursor: cursor })
  for (const bad of ['-1', 'x', '999999999', '1e3', '1.5', '', '9'.repeat(40)])
    t.equal((await call('GET', `/v1/changes?cursor=${bad}`)).statusCode, 400, bad)
  for (const query of ['limit=0', 'limit=1001', 'wait_seconds=31', 'wait_seconds=-1', 'bogus=1'])
    t.equal((await call('GET', `/v1/changes?${query}`)).statusCode, 400, query)
})

t.test('a filter that matches seldom moves on past what it has looked at', async (t) => {
  const before = Number(await latest())
  await ctx.db.pool.query(
    `INSERT INTO changes SELECT $1, $2 + n, gen_random_uuid(), 'lead.updated', 'lead', gen_random_uuid(), 'test', 'bulk', now(), '{"lead":{},"changed_fields":[],"previous":{}}'
     FROM generate_series(1, 130000) AS n`,
    [service.workspaceId, before],
  )
  await ctx.db.pool.query('UPDATE change_counters SET last_sequence = $2 WHERE workspace_id = $1', [
    service.workspaceId,
    before + 130_000,
  ])
  await call('POST', '/v1/accounts', { name: 'Needle' })
  const first = await feed(`cursor=${before}&types=account.*`)
  t.strictSame([first.data, first.has_more], [[], true], 'one request looks no further than a bound')
  t.equal(Number(first.next_cursor), before + 100_000)
  const second = await feed(`cursor=${first.next_cursor}&types=account.*`)
  t.strictSame(typesOf(second.data), ['account.created'])
  t.strictSame([second.next_cursor, second.has_more], [String(before + 130_001), false])
  const skipped = await feed(`cursor=${before}&exclude_origin=bulk`)
  t.equal(Number(skipped.next_cursor), before + 100_000)
  const { rows } = await ctx.db.pool.query(
    `EXPLAIN SELECT 1 FROM changes WHERE workspace_id = '${service.workspaceId}' AND sequence > ${before} AND sequence <= ${before + 10_000}`,
  )
  t.match(rows.map((row) => row['QUERY PLAN']).join('\n'), /Index.*changes_workspace_id_sequence_pk/s)
})

t.test('a long poll answers as soon as something happens', async (t) => {
  const cursor = await latest()
  const started = performance.now()
  const waiting = feed(`cursor=${cursor}&wait_seconds=20&types=lead.*`)
  await call('POST', '/v1/accounts', { name: 'Not asked for' })
  await call('POST', '/v1/leads', { email: 'poll@example.org' })
  const page = await waiting
  t.strictSame(typesOf(page.data), ['lead.created'])
  t.ok(performance.now() - started < 15_000)
  const empty = await feed(`cursor=${page.next_cursor}&wait_seconds=1&types=form.*`)
  t.strictSame(empty, { data: [], has_more: false, next_cursor: page.next_cursor })
})

t.test('many who wait hold no connection, and all are woken', async (t) => {
  const cursor = await latest()
  const waiting = Array.from({ length: 40 }, () => feed(`cursor=${cursor}&wait_seconds=20`))
  await untilTrue(() => ctx.db.pool.totalCount > 0 && ctx.db.pool.idleCount === ctx.db.pool.totalCount)
  t.equal(ctx.db.pool.waitingCount, 0)
  await call('POST', '/v1/leads', { email: 'wake@example.org' })
  for (const { data } of await Promise.all(waiting)) t.strictSame(typesOf(data), ['lead.created'])
})

t.test('a long poll ends when its client goes away', async (t) => {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const ended = new Promise<void>((resolve) => app.server.once('connection', (socket) => socket.once('close', resolve)))
  const request = http.get(`http://127.0.0.1:${port}/v1/changes?cursor=latest&wait_seconds=30`, {
    headers: { authorization: `Bearer ${service.key}` },
  })
  request.on('error', () => undefined)
  await new Promise((resolve) => request.once('socket', (socket) => socket.once('connect', resolve)))
  await untilTrue(() => ctx.db.pool.idleCount === ctx.db.pool.totalCount)
  request.destroy()
  await ended
  const closing = performance.now()
  await app.close()
  t.ok(performance.now() - closing < 10_000, 'nothing is waited for')
})

t.test('what a form brought is in the feed with its lead', async (t) => {
  const other = await testService(t)
  const answer = await other.call('POST', '/v1/public/forms/demo/submissions', {
    full_name: 'Ada Lovelace',
    email: 'ada@example.org',
  })
  await other.drain()
  const { data } = (await other.call('GET', '/v1/changes')).json() as { data: Change[] }
  t.ok(answer.statusCode === 202 && typesOf(data).includes('lead.created'))
  t.match(
    data.find(({ type }) => type === 'lead.created'),
    { actor: 'form:demo', origin: null },
  )
})

async function untilTrue(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition() && tries < 400; tries++) await sleep(25)
  if (!condition()) throw new Error('waited in vain')
}
