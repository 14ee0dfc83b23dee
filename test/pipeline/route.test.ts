import t from 'tap'
import { judgeLeads } from '../../src/pipeline/judge/judge-leads.ts'
import { stages } from '../../src/pipeline/judge/stages.ts'
import { countBy, routingHands, uuidOf } from '../helpers/routing.ts'
import { testService } from '../helpers/service.ts'
import { asWorkers } from '../helpers/worker.ts'

/** The promise is made for so many leads. */
const LEADS = Number(process.env['ROUTING_LEADS'] ?? 10_000)
const WORKERS = 8

t.test('eight workers at once: every lead has one owner, every seller the share of the weight', async (t) => {
  const service = await testService(t)
  const { ctx, workspaceId } = service
  const { seller, leads, teams, rules, rows } = routingHands(service)
  const weights = [100, 100, 50, 25, 200]
  const ids: string[] = []
  for (const [i, weight] of weights.entries()) ids.push(await seller(`Seller ${i}`, { weight }))
  const gone = await seller('Gone', { active: false })
  await teams({ pools: [{ key: 'p', members: [...ids, gone].map((user_id) => ({ user_id })) }] })
  await rules()
  await leads(LEADS)
  await asWorkers(ctx, WORKERS, (worker) => judgeLeads(worker, stages, workspaceId))

  const made = await rows<{ user_id: string; lead_id: string; decision: number }>(
    'SELECT user_id, lead_id, decision FROM assignments WHERE workspace_id = $1',
  )
  t.equal(made.length, LEADS)
  t.equal(new Set(made.map(({ lead_id }) => lead_id)).size, LEADS, 'no lead twice')
  t.equal(new Set(made.map(({ decision }) => decision)).size, LEADS, 'decisions stand in one order')
  const counts = countBy(made, ({ user_id }) => user_id)
  t.equal(counts[uuidOf('user', gone)], undefined)
  const sum = weights.reduce((a, b) => a + b)
  for (const [i, id] of ids.entries()) {
    const due = (LEADS * (weights[i] ?? 0)) / sum
    t.ok(Math.abs((counts[uuidOf('user', id)] ?? 0) - due) <= 1, `${counts[uuidOf('user', id)]} of ${due}`)
  }
  const [{ mismatch } = { mismatch: -1 }] = await rows<{ mismatch: number }>(
    `SELECT count(*) AS mismatch FROM leads l LEFT JOIN assignments a ON a.workspace_id = $1 AND a.lead_id = l.id AND a.ended_at IS NULL
      WHERE l.workspace_id = $1 AND l.owner_id IS DISTINCT FROM a.user_id`,
  )
  t.equal(mismatch, 0, 'owners are those of the assignments')
  const loads = await rows<{ user_id: string; open_count: number }>(
    'SELECT user_id, open_count FROM seller_loads WHERE workspace_id = $1',
  )
  t.same(Object.fromEntries(loads.map(({ user_id, open_count }) => [user_id, open_count])), counts)
  const changes = await rows<{ count: number }>(
    `SELECT count(*) FROM changes WHERE workspace_id = $1 AND type = 'lead.assigned'`,
  )
  t.same(changes, [{ count: LEADS }])
})

t.test('a rule sends leads where it says, and the receipt tells everything', async (t) => {
  const service = await testService(t)
  service.setNow(new Date('2026-11-23T12:00:00Z'))
  const { seller, leads, teams, rules, assignments, explain } = routingHands(service)
  const back = '2026-11-25T00:00:00.000Z'
  const [ana, ben, cid, dan] = [
    await seller('Ana'),
    await seller('Ben', { absences: [{ from_at: '2026-11-20T00:00:00Z', until_at: back }] }),
    await seller('Cid', { capacity_open: 0 }),
    await seller('Dan'),
  ]
  await teams({
    territories: [{ key: 'uk', condition: { any: [{ all: [{ field: 'country', op: 'eq', value: 'GB' }] }] } }],
    pools: [
      { key: 'fashion-uk', members: [ana, ben, cid, dan].map((user_id) => ({ user_id })) },
      { key: 'rest', members: [{ user_id: dan }] },
    ],
  })
  const shoes = { field: 'tags', op: 'contains', value: 'shoes' }
  await rules({
    rules: [
      {
        key: 'uk-shoes',
        when: { any: [{ all: [{ field: 'territories', op: 'contains', value: 'uk' }, shoes] }] },
        target: { kind: 'pool', pool_key: 'fashion-uk' },
      },
    ],
    default_target: { kind: 'pool', pool_key: 'rest' },
  })
  const [shoe] = await leads(1, { country: 'GB', tags: ['shoes'] })
  const [other] = await leads(1, { country: 'DE', tags: ['shoes'] })
  await service.drain()
  const [made] = await assignments(`lead_id=${shoe}`)
  t.match(made, { user_id: ana, pool_key: 'fashion-uk', rule_key: 'uk-shoes', cause: 'rule', state: 'assigned' })
  const { explanation } = (await explain(String(made?.['id']))) as { explanation: Record<string, unknown> }
  t.strictSame(explanation, {
    rules: [{ rule_key: 'uk-shoes', outcome: 'assigned' }],
    trials: [
      {
        rule_key: 'uk-shoes',
        pool_key: 'fashion-uk',
        candidates: [
          { user_id: ana, reason: 'chosen', detail: null, until: null, pass: 0 },
          { user_id: ben, reason: 'absent', detail: null, until: back, pass: null },
          { user_id: cid, reason: 'at_capacity', detail: 'open', until: null, pass: null },
          { user_id: dan, reason: 'higher_pass', detail: null, until: null, pass: 0 },
        ],
      },
    ],
  })
  t.match((await assignments(`lead_id=${other}`))[0], { user_id: dan, cause: 'default', rule_key: null })
  const receipt = (await service.call('GET', `/v1/receipts/${made?.['receipt_id']}`)).json()
  t.match(receipt, {
    kind: 'route',
    policy: 'routing:default@1 teams@2',
    inputs: { territories: ['uk'] },
    outcome: { outcome: 'user', user_id: ana, assignment_id: made?.['id'], pass_before: 0, pass_after: 7_207_200 },
    rejected: [
      { reason: 'absent', count: 1 },
      { reason: 'at_capacity', count: 1 },
      { reason: 'higher_pass', count: 1 },
    ],
  })
  const timeline = (await service.call('GET', `/v1/leads/${shoe}/timeline`)).json().data
  t.match(
    timeline.find((line: { type: string }) => line.type === 'lead_assigned'),
    { data: { user_id: ana, assignment_id: made?.['id'] }, receipt_id: made?.['receipt_id'] },
  )

  await t.test('later changes of teams do not change what was explained', async (t) => {
    await teams({
      pools: [
        { key: 'fashion-uk', members: [{ user_id: dan }] },
        { key: 'rest', members: [{ user_id: dan }] },
      ],
      territories: [{ key: 'uk' }],
    })
    t.strictSame((await explain(String(made?.['id'])))['explanation'], explanation)
  })
})

t.test('a lead that nobody can take is listed, told once, and routed when somebody can', async (t) => {
  const service = await testService(t)
  const { seller, leads, teams, rules, rows, assignments } = routingHands(service)
  const busy = await seller('Busy', { capacity_open: 1 })
  await teams({ pools: [{ key: 'p', members: [{ user_id: busy }] }] })
  await rules()
  const [first, second] = await leads(2)
  await service.drain()
  const waiting = async () => (await service.call('GET', '/v1/routing/unrouted-leads')).json().data
  const [left] = await waiting()
  t.match(left, {
    state: 'unroutable',
    reason: 'nobody_available',
    explanation: { trials: [{ candidates: [{ user_id: busy, reason: 'at_capacity', detail: 'open' }] }] },
  })
  const alarms = async () =>
    (await rows(`SELECT 1 FROM changes WHERE workspace_id = $1 AND type = 'lead.unroutable'`)).length
  t.equal(await alarms(), 1)
  await service.call('PATCH', `/v1/leads/${left.lead_id}`, { city: 'Berlin' })
  await service.drain()
  t.equal(await alarms(), 1, 'told once, however often it is tried')
  const owned = left.lead_id === first ? second : first
  await service.call('PATCH', `/v1/leads/${owned}`, { status: 'closed' })
  await service.drain()
  t.same(await waiting(), [])
  t.match((await assignments(`lead_id=${left.lead_id}`))[0], { user_id: busy })
  const [third] = await leads(1)
  await service.drain()
  t.equal((await waiting()).length, 1)
  await service.call('PATCH', `/v1/users/${busy}`, { capacity_open: 5 })
  await service.drain()
  t.same(await waiting(), [], 'more room is seen at once')
  t.match((await assignments(`lead_id=${third}`))[0], { user_id: busy })
})

t.test('without sellers and rules nothing is routed and nothing is said', async (t) => {
  const service = await testService(t)
  const { leads, rows } = routingHands(service)
  await leads(3)
  await service.drain()
  t.same(await rows('SELECT 1 FROM unrouted_leads WHERE workspace_id = $1'), [])
  t.same(await rows('SELECT 1 FROM assignments WHERE workspace_id = $1'), [])
  t.same(await rows('SELECT 1 FROM routing_clocks WHERE workspace_id = $1'), [])
})

t.test('which leads are routed is the policy, and time can make a lead due', async (t) => {
  const service = await testService(t)
  service.setNow(new Date('2026-11-23T12:00:00Z'))
  const { seller, leads, teams, rules, assignments } = routingHands(service)
  const user = await seller('Ana')
  await teams({ pools: [{ key: 'p', members: [{ user_id: user }] }] })
  await rules({ when: { any: [{ all: [{ field: 'created_at', op: 'older_than_days', value: '1' }] }] } })
  const [id] = await leads(1)
  await service.drain()
  t.same(await assignments(), [])
  service.setNow(new Date('2026-11-24T12:00:01Z'))
  await service.drain()
  t.match(await assignments(), [{ lead_id: id, user_id: user }])
})

t.test('route now: by the rules, or to whom somebody names', async (t) => {
  const service = await testService(t)
  const { seller, leads, teams, rules } = routingHands(service)
  const [ana, ben, gone] = [
    await seller('Ana'),
    await seller('Ben', { capacity_open: 0 }),
    await seller('Gone', { active: false }),
  ]
  const [id = ''] = await leads(1)
  const route = (body: object, lead = id) => service.call('POST', `/v1/leads/${lead}/route`, body)
  t.equal((await route({})).statusCode, 422, 'no policy')
  t.equal((await route({ user_id: gone })).statusCode, 422)
  t.equal((await route({}, 'lead_7zzzzzzzzzzzzzzzzzzzzzzzzz')).statusCode, 404)
  const named = (await route({ user_id: ben, note: 'Asked for Ben.' })).json()
  t.match(named, {
    routed: true,
    assignment: { user_id: ben, cause: 'explicit', note: 'Asked for Ben.', explanation: null },
  })
  await teams({ pools: [{ key: 'p', members: [{ user_id: ana }, { user_id: ben }] }] })
  await rules({ when: { any: [{ all: [{ field: 'city', op: 'eq', value: 'Nowhere' }] }] } })
  const ruled = (await route({})).json()
  t.match(ruled, { routed: true, assignment: { user_id: ana, cause: 'default' }, unrouted: null })
  t.equal((await service.call('GET', `/v1/leads/${id}`)).json().owner_id, ana)
  await service.call('DELETE', `/v1/leads/${id}`)
  t.equal((await route({})).statusCode, 422, 'archived')
})

t.test('a policy names what is there, and what it names cannot go', async (t) => {
  const service = await testService(t)
  const { seller, teams } = routingHands(service)
  const user = await seller('Ana')
  await teams({ pools: [{ key: 'p', members: [{ user_id: user }] }], territories: [{ key: 'uk' }] })
  const put = (body: object) => service.call('PUT', '/v1/settings/routing', body)
  const bad = await put({
    rules: [
      { key: 'a', target: { kind: 'user' }, wait_seconds: 5 },
      { key: 'a', target: { kind: 'pool', pool_key: 'nowhere', user_id: user } },
      {
        key: 'b',
        target: { kind: 'user', user_id: 'user_7zzzzzzzzzzzzzzzzzzzzzzzzz' },
        when: { any: [{ all: [{ field: 'shoe', op: 'is_set' }] }] },
      },
    ],
    default_target: { kind: 'account_owner' },
    worth_field: 'nothing',
  })
  t.equal(bad.statusCode, 400)
  t.strictSame(
    bad.json().errors.map(({ code, pointer }: { code: string; pointer: string }) => `${code} ${pointer}`),
    [
      'not_allowed_here /rules/0/wait_seconds',
      'duplicate /rules/1/key',
      'required /rules/0/target/user_id',
      'not_allowed_here /rules/1/target/user_id',
      'not_allowed_here /default_target/kind',
      'unknown_condition_field /rules/2/when/any/0/all/0/field',
      'unknown_pool /rules/1/target/pool_key',
      'unknown_user /rules/2/target/user_id',
      'unknown_custom_field /worth_field',
    ],
  )
  const good = { default_target: { kind: 'pool', pool_key: 'p' } }
  t.equal((await put(good)).statusCode, 201)
  const removed = await service.call('PUT', '/v1/settings/teams', {}, { headers: { 'if-match': '*' } })
  t.equal(removed.statusCode, 409)
  t.match(removed.json().errors, [{ code: 'in_use', pointer: '/pools' }])
})
