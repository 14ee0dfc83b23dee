import t from 'tap'
import { countBy, routingHands } from '../helpers/routing.ts'
import { type TestService, testService } from '../helpers/service.ts'

const members = (...ids: string[]) => ids.map((user_id) => ({ user_id }))
const isIn = (field: string, value: string) => ({ any: [{ all: [{ field, op: 'eq', value }] }] })

/** A service with a pool `p` of these sellers and all leads going there. */
async function inPool(service: TestService, ...ids: string[]) {
  const hands = routingHands(service)
  await hands.teams({ pools: [{ key: 'p', members: members(...ids) }] })
  await hands.rules()
  return hands
}

const waiting = async ({ call }: TestService) => (await call('GET', '/v1/routing/unrouted-leads')).json().data
const ownerOf = async ({ call }: TestService, lead = '') =>
  (await call('GET', `/v1/leads/${lead}`)).json().owner_id as string | null

t.test(
  'who leaves with open leads gets no more, keeps them until somebody decides, and gets none of them back',
  async (t) => {
    const service = await testService(t)
    const { seller } = routingHands(service)
    const [ana, ben] = [await seller('Ana'), await seller('Ben')]
    const { leads, assignments } = await inPool(service, ana, ben)
    await leads(4)
    await service.drain()
    await service.call('PATCH', `/v1/users/${ana}`, { active: false })
    await leads(4)
    await service.drain()
    const all = await assignments()
    t.same(
      countBy(all, ({ user_id }) => String(user_id)),
      { [ana]: 2, [ben]: 6 },
    )
    const left = (await assignments(`user_id=${ana}&open=true`)).map(({ id }) => String(id))
    t.equal(left.length, 2, 'they are found')
    const [released = '', handedOn = ''] = left
    await service.call('POST', `/v1/assignments/${released}/release`, { reason: 'Ana has left' })
    const back = await service.call('POST', `/v1/assignments/${handedOn}/reassign`, { user_id: ana, reason: 'No' })
    t.equal(back.statusCode, 422)
    await service.call('POST', `/v1/assignments/${handedOn}/reassign`, { user_id: ben, reason: 'Ana has left' })
    await service.drain()
    t.same(await assignments(`user_id=${ana}&open=true`), [])
    t.equal((await assignments(`user_id=${ben}&open=true`)).length, 8)
  },
)

t.test('an absence that is entered while leads wait is respected, and its end lets them go', async (t) => {
  const service = await testService(t)
  const { seller } = routingHands(service)
  const ana = await seller('Ana', { capacity_open: 0 })
  const { leads } = await inPool(service, ana)
  const [lead] = await leads(1)
  await service.drain()
  t.match(await waiting(service), [{ explanation: { trials: [{ candidates: [{ reason: 'at_capacity' }] }] } }])
  const until_at = new Date(Date.now() + 86_400_000).toISOString()
  const absences = [{ from_at: '2020-01-01T00:00:00Z', until_at }]
  await service.call('PATCH', `/v1/users/${ana}`, { absences, capacity_open: null })
  await service.drain()
  const [still] = await waiting(service)
  t.match(still, { lead_id: lead, explanation: { trials: [{ candidates: [{ reason: 'absent', until: until_at }] }] } })
  await service.call('PATCH', `/v1/users/${ana}`, { absences: [] })
  await service.drain()
  t.same(await waiting(service), [])
  t.equal(await ownerOf(service, lead), ana)
})

t.test('a pool that is emptied takes nothing, visibly, until somebody is in it again', async (t) => {
  const service = await testService(t)
  const { seller } = routingHands(service)
  const ana = await seller('Ana')
  const { leads, teams } = await inPool(service, ana)
  await teams({ pools: [{ key: 'p' }] })
  const [lead] = await leads(1)
  await service.drain()
  t.match(await waiting(service), [
    { lead_id: lead, state: 'unroutable', explanation: { trials: [{ candidates: [] }] } },
  ])
  await teams({ pools: [{ key: 'p', members: members(ana) }] })
  await service.drain()
  t.equal(await ownerOf(service, lead), ana)
})

t.test('a pull queue that nobody pulls from takes nothing, and a pool with waiting leads cannot go', async (t) => {
  const service = await testService(t)
  const { seller } = routingHands(service)
  const ana = await seller('Ana')
  const { leads, rules, teams, assignments } = await inPool(service, ana)
  await rules({ default_target: { kind: 'queue', pool_key: 'p' } })
  const [queued] = await leads(1)
  await service.drain()
  t.match(await assignments(`lead_id=${queued}`), [{ state: 'queued', pool_key: 'p' }])
  await service.call('PATCH', `/v1/users/${ana}`, { active: false })
  const [lonely] = await leads(1)
  await service.drain()
  t.match(await waiting(service), [{ lead_id: lonely, state: 'unroutable' }])
  const ben = await seller('Ben')
  const put = (document: object) =>
    service.call('PUT', '/v1/settings/teams', document, { headers: { 'if-match': '*' } })
  t.match((await put({ pools: [{ key: 'p' }] })).json(), { code: 'in_use', errors: [{ pointer: '/pools' }] })
  await teams({
    pools: [
      { key: 'p', members: members(ben) },
      { key: 'q', members: members(ben) },
    ],
  })
  await service.drain()
  t.same(await waiting(service), [], 'Ben may pull')
  await rules({ default_target: { kind: 'pool', pool_key: 'q' } })
  const withoutP = { pools: [{ key: 'q', members: members(ben) }] }
  t.equal((await put(withoutP)).statusCode, 409, 'two leads wait there')
  for (const lead of [queued, lonely]) await service.call('POST', `/v1/leads/${lead}/route`, {})
  t.equal((await put(withoutP)).statusCode, 200)
  t.same([await ownerOf(service, queued), await ownerOf(service, lonely)], [ben, ben])
})

t.test('room that was made smaller than what is on the desk takes nothing until it is there again', async (t) => {
  const service = await testService(t)
  const { seller } = routingHands(service)
  const ana = await seller('Ana')
  const { leads } = await inPool(service, ana)
  const had = await leads(3)
  await service.drain()
  await service.call('PATCH', `/v1/users/${ana}`, { capacity_open: 2 })
  const [lead] = await leads(1)
  await service.drain()
  const close = async (id = '') => {
    await service.call('PATCH', `/v1/leads/${id}`, { status: 'closed' })
    await service.drain()
  }
  await close(had[0])
  t.equal(await ownerOf(service, lead), null, 'two are two')
  await close(had[1])
  t.equal(await ownerOf(service, lead), ana)
})

t.test('who hands a lead on has room for one that waits', async (t) => {
  const service = await testService(t)
  const { seller } = routingHands(service)
  const [ana, ben] = [await seller('Ana', { capacity_open: 1 }), await seller('Ben')]
  const { leads, assignments } = await inPool(service, ana)
  const [first] = await leads(1)
  await service.drain()
  const [second] = await leads(1)
  await service.drain()
  t.equal(await ownerOf(service, second), null)
  const [made] = await assignments(`lead_id=${first}`)
  await service.call('POST', `/v1/assignments/${made?.['id']}/reassign`, { user_id: ben, reason: 'Knows them' })
  await service.drain()
  t.same([await ownerOf(service, first), await ownerOf(service, second)], [ben, ana])
})

t.test('a weight of zero is none', async (t) => {
  const service = await testService(t)
  const { seller } = routingHands(service)
  const refused = await service.call('POST', '/v1/users', { name: 'Ana', weight: 0 })
  t.match(refused.json(), { errors: [{ pointer: '/weight' }] })
  const pools = [{ key: 'p', members: [{ user_id: await seller('Ben'), weight: 0 }] }]
  const document = await service.call('PUT', '/v1/settings/teams', { pools }, { headers: { 'if-match': '*' } })
  t.match(document.json(), { errors: [{ pointer: '/pools/0/members/0/weight' }] })
})

t.test(
  'leads of a territory that nobody serves go to the default target; without one that can, they are told',
  async (t) => {
    const service = await testService(t)
    const { seller, teams, rules, leads } = routingHands(service)
    const ana = await seller('Ana', { capacity_open: 1 })
    await teams({
      territories: [{ key: 'uk', condition: isIn('country', 'GB') }],
      pools: [
        { key: 'uk', members: members(ana), must_match: ['territory'] },
        { key: 'p', members: members(ana) },
      ],
    })
    await rules({ rules: [{ key: 'uk', when: isIn('country', 'GB'), target: { kind: 'pool', pool_key: 'uk' } }] })
    const [first] = await leads(1, { country: 'GB' })
    await service.drain()
    t.equal(await ownerOf(service, first), ana)
    const [second] = await leads(1, { country: 'GB' })
    await service.drain()
    const [left] = await waiting(service)
    t.equal(left.lead_id, second)
    t.match(left.explanation.trials, [
      { rule_key: 'uk', candidates: [{ reason: 'not_matched', detail: 'territory' }] },
      { rule_key: null, candidates: [{ reason: 'at_capacity' }] },
    ])
    await service.call('PATCH', `/v1/users/${ana}`, { territories: ['uk'], capacity_open: 2 })
    await service.drain()
    t.equal(await ownerOf(service, second), ana)
  },
)

t.test('an archived or erased lead leaves desk, queue and list, and comes to nobody', async (t) => {
  const service = await testService(t)
  const { seller } = routingHands(service)
  const ana = await seller('Ana', { capacity_open: 2 })
  const { leads, rows } = await inPool(service, ana)
  const [archived, erased] = await leads(2)
  await service.drain()
  const [listed, gone] = await leads(2)
  await service.drain()
  t.equal((await waiting(service)).length, 2)
  for (const id of [archived, listed]) t.equal((await service.call('DELETE', `/v1/leads/${id}`)).statusCode, 204)
  for (const id of [erased, gone]) {
    t.equal((await service.call('POST', `/v1/leads/${id}/erase`, {})).statusCode, 200)
  }
  await service.drain()
  t.same(await waiting(service), [])
  t.same(await rows('SELECT open_count FROM seller_loads WHERE workspace_id = $1'), [{ open_count: 0 }])
  t.same(await rows('SELECT 1 FROM assignments WHERE workspace_id = $1 AND ended_at IS NULL'), [])
  for (const id of [archived, erased])
    t.equal((await service.call('POST', `/v1/leads/${id}/route`, {})).statusCode, 422)
})

t.test('a territory of region, industry and company size, and the owner of the company as a target', async (t) => {
  const service = await testService(t)
  const { seller, teams, rules } = routingHands(service)
  const [ana, ben, cid] = [await seller('Ana'), await seller('Ben'), await seller('Cid')]
  const condition = {
    any: [
      {
        all: [
          { field: 'region', op: 'eq', value: 'Bavaria' },
          { field: 'account.industry', op: 'eq', value: 'Retail' },
          { field: 'account.employee_count', op: 'gte', value: '500' },
        ],
      },
    ],
  }
  await teams({ territories: [{ key: 'big-south', condition }], pools: [{ key: 'p', members: members(cid) }] })
  const inTerritory = { any: [{ all: [{ field: 'territories', op: 'contains', value: 'big-south' }] }] }
  await rules({
    rules: [
      { key: 'owned', target: { kind: 'account_owner' }, if_nobody: 'next' },
      { key: 'big', when: inTerritory, target: { kind: 'user', user_id: ana } },
    ],
  })
  const account = async (more: object) =>
    (await service.call('POST', '/v1/accounts', { name: 'Shop', ...more })).json().id
  const lead = async (account_id: string) =>
    (await service.call('POST', '/v1/leads', { full_name: 'Ada', region: 'Bavaria', account_id })).json().id
  const retail = { industry: 'Retail', employee_count: 900 }
  const made = [
    await lead(await account(retail)),
    await lead(await account({ ...retail, employee_count: 20 })),
    await lead(await account({ ...retail, owner_id: ben })),
  ]
  await service.drain()
  t.same(await Promise.all(made.map((id) => ownerOf(service, id))), [ana, cid, ben])
})

t.test('the report of fairness tells what leads were worth, and how good', async (t) => {
  const service = await testService(t)
  const { seller, teams, rules, leads } = routingHands(service)
  const [ana, ben] = [await seller('Ana'), await seller('Ben', { weight: 50 })]
  await teams({ pools: [{ key: 'p', members: members(ana, ben) }] })
  const { lead, account } = (await service.call('GET', '/v1/settings/custom-fields')).json()
  const fields = { lead: [...lead, { key: 'deal', type: 'integer' }], account }
  const saved = await service.call('PUT', '/v1/settings/custom-fields', fields, { headers: { 'if-match': '*' } })
  t.equal(saved.statusCode, 200, saved.body)
  await rules({ worth_field: 'deal' })
  await leads(6, { custom_fields: { deal: 100 } })
  await service.drain()
  const { data } = (await service.call('GET', '/v1/routing/fairness')).json()
  const byId = new Map(data.map((member: { user_id: string }) => [member.user_id, member]))
  t.match(byId.get(ana), { expected: 4, received: 4, deviation: 0, worth: 400 })
  t.match(byId.get(ben), { expected: 2, received: 2, deviation: 0, worth: 200, causes: [] })
})
