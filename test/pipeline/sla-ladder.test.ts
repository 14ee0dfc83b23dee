import t from 'tap'
import { runDueClocks } from '../../src/pipeline/sla/run-due-clocks.ts'
import { assigned, changesOf, passTime, progressOf, publish, seller } from '../helpers/clocks.ts'
import { routingHands } from '../helpers/routing.ts'
import { type TestService, testService } from '../helpers/service.ts'

const ALWAYS = {
  weekdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
  from: '00:00',
  to: '24:00',
}
const DAY_MS = 86_400_000
const awayUntil = (until: number) => ({
  from_at: new Date(Date.now() - 60_000).toISOString(),
  until_at: new Date(until).toISOString(),
})
const members = (ids: string[]) => ids.map((user_id) => ({ user_id }))
const ladder = (...steps: object[]) => ({ targets: { accept_seconds: 600 }, escalation: steps })
const step = (action: string, after_seconds = 0) => ({ target: 'accept', action, after_seconds })

/** The open assignment of a lead. */
async function openOf({ call }: TestService, lead: string) {
  const { data } = (await call('GET', `/v1/assignments?lead_id=${lead}`)).json()
  const open = data.filter(({ state }: { state: string }) => state !== 'ended')
  if (open.length > 1) throw new Error('two open assignments of one lead')
  return open[0]
}

const ownerOf = async ({ call }: TestService, lead: string) => (await call('GET', `/v1/leads/${lead}`)).json().owner_id

t.test('a lead goes back to its pool, where somebody else pulls it', async (t) => {
  const service = await testService(t)
  const { teams, rules, leads } = routingHands(service)
  const [grace, hedy] = [await seller(service), await seller(service, { capacity_open: 0 })]
  await teams({ pools: [{ key: 'p', members: members([grace, hedy]) }] })
  await rules()
  await publish(service, 'default', ladder(step('return_to_pool')))
  const [lead = ''] = await leads(1)
  await service.drain()
  const first = await openOf(service, lead)
  t.match(first, { user_id: grace, pool_key: 'p' })
  await passTime(service, 601)
  await service.drain()
  t.match(await progressOf(service, first.id), { end_reason: 'sla_breached', end_note: 'accept' })
  t.match(await openOf(service, lead), { user_id: null, pool_key: 'p', cause: 'reassign' })
  t.equal(await ownerOf(service, lead), null)
  await service.call('PATCH', `/v1/users/${hedy}`, { capacity_open: 1 })
  const pulled = (await service.call('POST', '/v1/pools/p/next', { user_id: hedy })).json()
  t.match(pulled.assignment, { lead_id: lead, user_id: hedy })
})

t.test('a lead of no pool, or of one that is gone, is routed anew instead of waiting in no queue', async (t) => {
  const service = await testService(t)
  const { teams, rules, leads } = routingHands(service)
  const [grace, hedy] = [await seller(service), await seller(service, { capacity_open: 0 })]
  const rest = { key: 'rest', members: members([hedy]) }
  await teams({ pools: [{ key: 'p', members: members([grace]) }, rest] })
  await rules()
  await publish(service, 'default', ladder(step('return_to_pool')))
  const [pooled = ''] = await leads(1)
  await service.drain()
  const { lead: given } = await assigned(service, grace)
  await rules({ default_target: { kind: 'pool', pool_key: 'rest' } })
  await teams({ pools: [rest] })
  await service.drain()
  t.same([await ownerOf(service, pooled), await ownerOf(service, given)], [grace, grace])
  await service.call('PATCH', `/v1/users/${hedy}`, { capacity_open: null })
  await passTime(service, 601)
  await service.drain()
  t.same([await ownerOf(service, pooled), await ownerOf(service, given)], [null, null])
  await service.drain()
  t.same([await ownerOf(service, pooled), await ownerOf(service, given)], [hedy, hedy])
})

t.test(
  'two rungs at one moment: the first that takes the lead away is the last, and every breach is told',
  async (t) => {
    const service = await testService(t)
    await publish(service, 'default', {
      targets: { accept_seconds: 600, first_touch_seconds: 3600 },
      escalation: [step('remind'), step('reassign'), step('return_to_pool'), step('remind', 600)],
    })
    const { assignment } = await assigned(service, await seller(service))
    await service.drain()
    await passTime(service, 4000)
    await service.drain()
    t.same(await changesOf(service), [
      'sla_breached accept',
      'escalated accept remind',
      'escalated accept reassign',
      'sla_breached first_touch',
    ])
    const { end_reason, sla } = await progressOf(service, assignment)
    t.equal(end_reason, 'sla_breached')
    t.same(
      sla.targets.map(({ breached }: { breached: boolean }) => breached),
      [true, true],
    )
  },
)

t.test('a lead that is handed on while its promise escalates has one owner, whoever comes first', async (t) => {
  const service = await testService(t)
  await publish(service, 'default', ladder(step('reassign')))
  const hedy = await seller(service)
  const made = []
  for (let i = 0; i < 8; i++) made.push(await assigned(service, await seller(service)))
  await service.drain()
  await passTime(service, 601)
  const [, ...answers] = await Promise.all([
    runDueClocks(service.ctx, service.workspaceId),
    ...made.map(({ assignment }) =>
      service.call('POST', `/v1/assignments/${assignment}/reassign`, { user_id: hedy, reason: 'Knows them' }),
    ),
  ])
  await service.drain()
  for (const [i, { lead }] of made.entries()) {
    const isHanded = answers[i]?.statusCode === 200
    t.equal((await openOf(service, lead))?.user_id ?? null, isHanded ? hedy : null)
    t.equal(await ownerOf(service, lead), isHanded ? hedy : null)
    t.ok(isHanded || answers[i]?.statusCode === 409, String(answers[i]?.body))
  }
})

t.test('the manager hears of a lead that nobody pulls; who has left hears nothing', async (t) => {
  const service = await testService(t)
  const { teams, rules, leads, rows } = routingHands(service)
  const grace = await seller(service, { email: 'grace@sellers.test' })
  const manager_id = await seller(service, { email: 'hedy@sellers.test' })
  await teams({
    teams: [{ key: 'inbound', manager_id, member_ids: [grace] }],
    pools: [{ key: 'p', team_key: 'inbound' }],
  })
  await rules({ default_target: { kind: 'queue', pool_key: 'p' } })
  await publish(service, 'default', ladder(step('remind'), step('notify_manager')))
  await leads(1)
  const { lead } = await assigned(service, grace)
  await service.drain()
  await service.call('PATCH', `/v1/users/${grace}`, { active: false })
  await passTime(service, 601)
  await service.drain()
  const mails = await rows<{ to_email: string; subject: string }>(
    `SELECT to_email, content->>'subject' AS subject FROM messages WHERE workspace_id = $1 ORDER BY subject`,
  )
  t.same(
    mails.map(({ to_email, subject }) => `${to_email} ${subject}`),
    [
      'hedy@sellers.test Nobody has pulled a lead: {{ data.lead_name }}',
      'hedy@sellers.test {{ data.seller_name }} has a lead that waits: {{ data.lead_name }}',
    ],
  )
  t.same(
    (await changesOf(service)).filter((line) => line.startsWith('escalated')).sort(),
    ['escalated accept notify_manager', 'escalated accept notify_manager', 'escalated accept remind'],
    'a queue is not reminded',
  )
  t.equal(await ownerOf(service, lead), grace, 'nobody takes a lead from who has left but people and the ladder')
})

t.test('an absence stops the clock of a seller who has no hours of work', async (t) => {
  const service = await testService(t)
  await publish(service, 'default', ladder())
  const until = Date.now() + DAY_MS
  const { assignment } = await assigned(service, await seller(service, { absences: [awayUntil(until)] }))
  await service.drain()
  const [accept] = (await progressOf(service, assignment)).sla.targets
  t.equal(accept.due_at, new Date(until + 600_000).toISOString())
})

t.test('who is back earlier is asked earlier: another calendar moves what is due', async (t) => {
  const service = await testService(t)
  const { teams } = routingHands(service)
  await publish(service, 'default', ladder())
  const away = { working_hours: [ALWAYS], absences: [awayUntil(Date.now() + 30 * DAY_MS)] }
  const grace = await seller(service, away)
  const days = Array.from({ length: 5 }, (_, i) => new Date(Date.now() + (i - 2) * DAY_MS).toISOString().slice(0, 10))
  const calendar = (list: string[]) => ({ holidays: [{ key: 'feast', days: list }] })
  await teams(calendar(days))
  const hedy = await seller(service, { working_hours: [ALWAYS], holidays_key: 'feast' })
  const made = [await assigned(service, grace), await assigned(service, hedy)]
  await service.drain()
  await passTime(service, 601)
  await service.drain()
  t.same(await changesOf(service), [], 'neither is at work')
  await service.call('PATCH', `/v1/users/${grace}`, { absences: [] })
  await teams(calendar(['2020-01-01']))
  await service.drain()
  t.same(await changesOf(service), ['sla_breached accept', 'sla_breached accept'])
  for (const { assignment } of made)
    t.match((await progressOf(service, assignment)).sla.targets, [{ state: 'breached' }])
})
