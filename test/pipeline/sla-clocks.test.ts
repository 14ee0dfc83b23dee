import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { withWorkspace } from '../../src/db/client.ts'
import { decodeTypeId } from '../../src/domain/type-id.ts'
import { loadDesk, onDesk, putLead } from '../../src/pipeline/desk.ts'
import { runDueClocks } from '../../src/pipeline/sla/run-due-clocks.ts'
import { writeDesk } from '../../src/pipeline/write-desk.ts'
import { assigned, changesOf, passTime, progressOf, publish, seller } from '../helpers/clocks.ts'
import { type TestService, testService } from '../helpers/service.ts'

/** As the lifecycle does. */
async function moveTo({ ctx, workspaceId }: TestService, id: string, stage_key: string): Promise<void> {
  const leadId = decodeTypeId('lead', id) ?? ''
  await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const desk = await loadDesk(tx, [], [leadId])
    const { lead, sources } = onDesk(desk, leadId)
    putLead(desk, { ...lead, stage_key, version: lead.version + 1 }, sources)
    await writeDesk(tx, desk, ctx.now())
  })
}

const LADDER = {
  targets: { accept_seconds: 600, first_touch_seconds: 3600 },
  at_risk_percent: 50,
  pause_statuses: ['nurturing'],
  escalation: [
    { target: 'accept', action: 'remind' },
    { target: 'accept', after_seconds: 600, action: 'reassign' },
  ],
}

t.test('a promise is at risk, then broken, then escalated: each once, however often workers look', async (t) => {
  const service = await testService(t)
  await publish(service, 'default', LADDER)
  const { assignment, lead } = await assigned(service, await seller(service))
  t.equal((await progressOf(service, assignment)).sla.state, 'pending')
  const { ctx, workspaceId } = service
  const work = () => Promise.all([1, 2].map(() => runDueClocks(ctx, workspaceId)))
  await work()
  t.same(await changesOf(service), [])
  const { sla } = await progressOf(service, assignment)
  t.match(sla, { state: 'running', policy_key: 'default', targets: [{ target: 'accept', state: 'open' }] })
  await passTime(service, 301)
  await work()
  await work()
  t.same(await changesOf(service), ['sla_at_risk accept'])
  await passTime(service, 300)
  await work()
  t.same(await changesOf(service), ['sla_at_risk accept', 'sla_breached accept', 'escalated accept remind'])
  await passTime(service, 600)
  await work()
  await work()
  t.equal((await changesOf(service)).at(-1), 'escalated accept reassign')
  const ended = await progressOf(service, assignment)
  t.match(ended, { end_reason: 'sla_breached', sla: { state: 'ended' } })
  t.equal((await service.call('GET', `/v1/leads/${lead}`)).json().owner_id, null)
  t.equal((await changesOf(service)).length, 4, 'and nothing more')
})

t.test('an accepted lead breaks no promise of acceptance, even if the worker comes late', async (t) => {
  const service = await testService(t)
  await publish(service, 'default', LADDER)
  const { assignment } = await assigned(service, await seller(service))
  await passTime(service, 200)
  await service.call('POST', `/v1/assignments/${assignment}/respond`, { action: 'accept' })
  await passTime(service, 1000)
  await service.drain()
  t.same(await changesOf(service), ['accepted'])
  await passTime(service, 2500)
  await service.drain()
  t.same((await changesOf(service)).slice(1), ['sla_at_risk first_touch', 'sla_breached first_touch'])
})

t.test('a promise that was broken before the answer stays broken, and climbs no rung', async (t) => {
  const service = await testService(t)
  await publish(service, 'default', LADDER)
  const { assignment } = await assigned(service, await seller(service))
  await passTime(service, 5000)
  await service.call('POST', `/v1/assignments/${assignment}/respond`, { action: 'first_response' })
  const { sla } = await progressOf(service, assignment)
  t.equal(sla.state, 'pending')
  await service.drain()
  const told = await changesOf(service)
  t.same(
    told.filter((line) => line.startsWith('sla_breached')),
    ['sla_breached accept', 'sla_breached first_touch'],
  )
  t.notOk(told.some((line) => line.startsWith('escalated')))
  t.match((await progressOf(service, assignment)).sla.targets, [
    { target: 'accept', state: 'met', breached: true },
    { target: 'first_touch', state: 'met', breached: true },
  ])
})

t.test('a touch that is recorded after the fact counts from when it happened', async (t) => {
  const service = await testService(t)
  await publish(service, 'default', LADDER)
  const { assignment } = await assigned(service, await seller(service))
  const occurred_at = new Date().toISOString()
  await passTime(service, 250)
  await service.drain()
  // As if the seller had called at once and told it only now.
  const before = new Date(Date.parse(occurred_at) - 249_000).toISOString()
  const refused = await service.call('POST', `/v1/assignments/${assignment}/respond`, {
    action: 'first_response',
    occurred_at: before,
  })
  t.match(refused.json(), { code: 'validation_failed', errors: [{ pointer: '/occurred_at', code: 'too_early' }] })
  const taken = await service.call('POST', `/v1/assignments/${assignment}/respond`, {
    action: 'first_response',
    occurred_at,
  })
  t.equal(taken.json().first_touch_at, occurred_at)
})

t.test('seller and manager are told by mail, each once', async (t) => {
  const service = await testService(t)
  const { call } = service
  const escalation = [
    { target: 'accept', action: 'remind' },
    { target: 'accept', after_seconds: 60, action: 'notify_manager' },
  ]
  await publish(service, 'default', { targets: { accept_seconds: 60 }, notify_seller: true, escalation })
  const grace = await seller(service, { email: 'grace@sellers.test' })
  const manager_id = await seller(service, { name: 'Hedy', email: 'hedy@sellers.test' })
  const teams = [{ key: 'inbound', manager_id, member_ids: [grace] }]
  await call('PUT', '/v1/settings/teams', { teams }, { headers: { 'if-match': '*' } })
  await assigned(service, grace)
  const { ctx, workspaceId } = service
  for (const seconds of [0, 61, 60, 60]) {
    await passTime(service, seconds)
    await Promise.all([1, 2].map(() => runDueClocks(ctx, workspaceId)))
  }
  const mails = await ctx.db.query<{ to_email: string; purpose: string }>(
    'SELECT * FROM messages ORDER BY created_at, id',
  )
  t.same(
    mails.map(({ to_email }) => to_email),
    ['grace@sellers.test', 'grace@sellers.test', 'hedy@sellers.test'],
  )
})

t.test('the clock stands still in a pause state', async (t) => {
  const service = await testService(t)
  const { call } = service
  await publish(service, 'default', LADDER)
  const { assignment, lead } = await assigned(service, await seller(service))
  await passTime(service, 200)
  await call('PATCH', `/v1/leads/${lead}`, { status: 'nurturing' })
  await passTime(service, 5000)
  await service.drain()
  t.same(await changesOf(service), [])
  t.equal((await progressOf(service, assignment)).sla.state, 'paused')
  await call('PATCH', `/v1/leads/${lead}`, { status: 'working' })
  await service.drain()
  await passTime(service, 150)
  await service.drain()
  t.same(await changesOf(service), ['sla_at_risk accept'])
})

t.test('the seller is measured by the hours, absences and holidays of their own', async (t) => {
  const service = await testService(t)
  await publish(service, 'default', LADDER)
  const now = Date.now()
  const away = { from_at: new Date(now - 60_000).toISOString(), until_at: new Date(now + 86_400_000).toISOString() }
  const always = {
    weekdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
    from: '00:00',
    to: '24:00',
  }
  const id = await seller(service, { working_hours: [always], absences: [away] })
  const { assignment } = await assigned(service, id)
  await service.drain()
  const [accept] = (await progressOf(service, assignment)).sla.targets
  t.equal(accept.due_at, new Date(Date.parse(away.until_at) + 600_000).toISOString())
})

t.test('the first policy that fits by priority is the one; what fits nobody is no promise', async (t) => {
  const service = await testService(t)
  const germans = { any: [{ all: [{ field: 'country', op: 'eq', value: 'DE' }] }] }
  await publish(service, 'germans', { priority: 5, condition: germans, targets: { accept_seconds: 60 } })
  await publish(service, 'pool-only', { priority: 1, pool_keys: ['inbound'], targets: { accept_seconds: 60 } })
  const id = await seller(service)
  const { assignment, lead } = await assigned(service, id)
  await service.drain()
  t.equal((await progressOf(service, assignment)).sla, null)
  await service.call('PATCH', `/v1/leads/${lead}`, { country: 'DE' })
  const other = await seller(service)
  const { id: next } = (
    await service.call('POST', `/v1/assignments/${assignment}/reassign`, { user_id: other, reason: 'x' })
  ).json()
  await service.drain()
  t.equal((await progressOf(service, next)).sla.policy_key, 'germans')
})

t.test('a judged lead has met every promise', async (t) => {
  const service = await testService(t)
  await publish(service, 'default', { ...LADDER, targets: { ...LADDER.targets, qualify_seconds: 9000 } })
  const { assignment, lead } = await assigned(service, await seller(service))
  await service.drain()
  await moveTo(service, lead, 'sql')
  await service.drain()
  const progress = await progressOf(service, assignment)
  t.ok(progress.qualified_at)
  t.same(
    progress.sla.targets.map(({ state }: { state: string }) => state),
    ['met', 'met', 'met'],
  )
})

t.test('a worker that is killed between decision and commit leaves everything to the next one', async (t) => {
  const service = await testService(t)
  const { ctx, workspaceId } = service
  await publish(service, 'default', LADDER)
  await assigned(service, await seller(service))
  await runDueClocks(ctx, workspaceId)
  await passTime(service, 601)
  // Who has the counter of the feed holds up whoever is about to commit.
  const blocker = await ctx.db.pool.connect()
  await blocker.query('BEGIN')
  await blocker.query('SELECT FROM change_counters WHERE workspace_id = $1 FOR UPDATE', [workspaceId])
  const dying = runDueClocks(ctx, workspaceId).catch(() => 'died')
  const waiting = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  // Asked outside the transaction of the blocker, which sees all activity as it was when it first looked.
  let pid: number | undefined
  while (pid === undefined) {
    pid = (await ctx.db.pool.query<{ pid: number }>(waiting)).rows[0]?.pid
    await setTimeout(10)
  }
  await blocker.query('SELECT pg_terminate_backend($1)', [pid])
  t.equal(await dying, 'died')
  await blocker.query('ROLLBACK')
  blocker.release()
  t.same(await changesOf(service), [])
  await Promise.all([1, 2].map(() => runDueClocks(ctx, workspaceId)))
  t.same(await changesOf(service), ['sla_at_risk accept', 'sla_breached accept', 'escalated accept remind'])
})

t.test('a worker whose clock was set forward breaks no promise early', async (t) => {
  const service = await testService(t)
  await publish(service, 'default', LADDER)
  await assigned(service, await seller(service))
  await service.drain()
  service.setNow(new Date(Date.now() + 7 * 86_400_000))
  await runDueClocks(service.ctx, service.workspaceId)
  t.same(await changesOf(service), [])
})
