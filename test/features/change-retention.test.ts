import t from 'tap'
import { forgetOldChanges } from '../../src/changes/forget-changes.ts'
import { withWorkspace } from '../../src/db/client.ts'
import { rowsOf } from '../helpers/rows.ts'
import { type TestService, testService } from '../helpers/service.ts'

/** Lets time pass for what is in the feed: the clock that counts is the database's. Needs a login that owns the tables. */
async function age({ ctx, workspaceId }: TestService, days: number): Promise<void> {
  await ctx.db.query(
    'UPDATE changes SET occurred_at = occurred_at - make_interval(days => $2) WHERE workspace_id = $1',
    [workspaceId, days],
  )
}

async function keepFor({ call }: TestService, days: number | null): Promise<void> {
  const { etag, created_at: _, updated_at: __, id: ___, ...body } = (await call('GET', '/v1/settings/workspace')).json()
  const headers = { 'if-match': etag }
  const saved = await call('PUT', '/v1/settings/workspace', { ...body, change_retention_days: days }, { headers })
  if (saved.statusCode !== 200) throw new Error(saved.body)
}

t.test('without a setting no change ever expires', async (t) => {
  const service = await testService(t)
  await service.call('POST', '/v1/leads', { email: 'ada@example.org' })
  await age(service, 3_650)
  t.equal(await forgetOldChanges(service.ctx.db), 0)
})

t.test('what is older than the setting is forgotten, and a reader who was there is told to begin anew', async (t) => {
  const service = await testService(t)
  const { call, ctx } = service
  await keepFor(service, 30)
  for (const name of ['ada', 'grace', 'edith']) await call('POST', '/v1/leads', { email: `${name}@example.org` })
  const first = (await call('GET', '/v1/changes?cursor=earliest&limit=1')).json()
  const all = await rowsOf(service, 'changes')
  await age(service, 29)
  t.equal(await forgetOldChanges(ctx.db), 0, 'nothing is old enough yet')
  await age(service, 2)
  await call('POST', '/v1/leads', { email: 'late@example.org' })
  t.equal(await forgetOldChanges(ctx.db), all.length)
  const expired = await call('GET', `/v1/changes?cursor=${first.next_cursor}`)
  t.match(expired.json(), { status: 410, code: 'cursor_expired', detail: /again from earliest/ })
  const rest = (await call('GET', '/v1/changes?cursor=earliest')).json()
  t.match(rest.data, [{ type: 'lead.created', data: { lead: { email: 'late@example.org' } } }], 'the feed goes on')
  t.equal(rest.data[0].sequence, all.length + 1, 'and its numbers too')
  t.equal((await call('GET', `/v1/changes?cursor=${all.length}`)).statusCode, 200, 'who had read all misses nothing')
})

t.test('when everything is forgotten, the feed begins with what comes next', async (t) => {
  const service = await testService(t)
  const { call, ctx } = service
  await keepFor(service, 1)
  await call('POST', '/v1/leads', { email: 'ada@example.org' })
  await age(service, 2)
  t.ok((await forgetOldChanges(ctx.db)) > 0)
  t.strictSame(await rowsOf(service, 'changes'), [])
  const empty = (await call('GET', '/v1/changes?cursor=earliest')).json()
  t.match(empty, { data: [], has_more: false })
  t.equal((await call('GET', '/v1/changes?cursor=0')).statusCode, 410)
  await call('POST', '/v1/leads', { email: 'late@example.org' })
  const next = (await call('GET', `/v1/changes?cursor=${empty.next_cursor}`)).json()
  t.match(next.data, [{ type: 'lead.created' }])
})

t.test('another workspace keeps what it wants', async (t) => {
  const service = await testService(t)
  const other = await service.makeWorkspace()
  const headers = { authorization: `Bearer ${other.key}` }
  await service.call('POST', '/v1/leads', { email: 'ada@example.org' }, { headers })
  await service.ctx.db.query('UPDATE changes SET occurred_at = occurred_at - make_interval(days => 50)')
  await keepFor(service, 30)
  t.ok((await forgetOldChanges(service.ctx.db)) > 0)
  t.match((await service.call('GET', '/v1/changes', undefined, { headers })).json().data, [{ type: 'lead.created' }])
})

t.test('a change that an endpoint has not looked at yet is kept', async (t) => {
  const service = await testService(t, { WEBHOOK_ALLOW_PRIVATE: true })
  const { call, ctx } = service
  await keepFor(service, 1)
  const made = await call('POST', '/v1/webhook-endpoints', { url: 'http://127.0.0.1:9/', types: ['lead.*'] })
  t.equal(made.statusCode, 201, made.body)
  const before = (await rowsOf(service, 'changes')).length
  await call('POST', '/v1/leads', { email: 'ada@example.org' })
  await age(service, 10)
  await forgetOldChanges(ctx.db)
  const left = (await rowsOf(service, 'changes')).map(({ type }) => type)
  t.ok(left.includes('lead.created'), 'it has still to be delivered')
  t.ok(left.length < before + 1, 'what it has seen is gone')
})

t.test('whoever serves requests can take nothing else out of the feed', async (t) => {
  const service = await testService(t)
  const { call, ctx, workspaceId } = service
  await keepFor(service, 30)
  await call('POST', '/v1/leads', { email: 'ada@example.org' })
  const before = (await rowsOf(service, 'changes')).length
  const run = (text: string) => withWorkspace(ctx.db, workspaceId, (tx) => tx.query(text))
  await t.rejects(run('DELETE FROM changes'), { code: '42501' })
  await t.rejects(run(`UPDATE changes SET occurred_at = '2020-01-01'`), { code: '42501' })
  await run('SELECT forget_old_changes(1000000)')
  t.equal((await rowsOf(service, 'changes')).length, before, 'what is young stays, whatever is asked')
})
