import t, { type Test } from 'tap'
import { runSales } from '../../src/pipeline/sell/run-sales.ts'
import { cuts, hangs, type Receiver, says, startReceiver } from '../helpers/buyer-receiver.ts'
import { type TestService, testService } from '../helpers/service.ts'

/** Nobody listens there. */
const NOWHERE = '127.0.0.1:9'

async function market(t: Test): Promise<{ service: TestService; receiver: Receiver }> {
  const receiver = await startReceiver(t)
  const service = await testService(t, { OUTBOUND_TRUSTED_HOSTS: `${receiver.host},${NOWHERE}` })
  return { service, receiver }
}

const ANSWER = {
  accepted_path: 'status',
  accepted_values: ['accepted', 'ok'],
  price_path: 'price',
  price_unit: 'major',
  reference_path: 'id',
  reason_path: 'reason',
}
const PERSON = [
  { name: 'person.email', value: '{{email}}' },
  { name: 'person.name', value: '{{first_name}} {{last_name}}' },
  { name: 'size', value: '{{custom_fields.size}}' },
  { name: 'ping', value: '{{ping_reference}}' },
  { name: 'agreed', value: '{{price}}' },
]

async function put({ call }: TestService, key: string, buyer: object): Promise<void> {
  const response = await call('PUT', `/v1/buyers/${key}`, { price_minor: 1000, ...buyer })
  t.equal(response.statusCode, 201)
}

const posting = (receiver: Receiver, path: string, more: object = {}) => ({
  url: receiver.url(path),
  fields: PERSON,
  answer: ANSWER,
  timeout_seconds: 1,
  ...more,
})

const bidding = (receiver: Receiver, name: string, more: object = {}) => ({
  mode: 'ping_post',
  ping: {
    url: receiver.url(`/${name}/ping`),
    fields: [{ name: 'city', value: '{{city}}' }],
    answer: ANSWER,
    timeout_seconds: 1,
  },
  post: posting(receiver, `/${name}/post`),
  ...more,
})

async function sell({ call }: TestService, buyer_key: string): Promise<string> {
  const person = {
    email: `ada-${Math.round(performance.now() * 1e6)}@example.org`,
    first_name: 'Ada',
    last_name: 'Lovelace',
    city: 'Ulm',
  }
  const lead_id = (await call('POST', '/v1/leads', person)).json().id
  const response = await call('POST', '/v1/buyer-sales', { lead_id, buyer_key })
  t.equal(response.statusCode, 201)
  return lead_id
}

const list = async ({ call }: TestService, what: string, query = '') =>
  (await call('GET', `/v1/buyer-${what}?${query}`)).json().data
/** Outcomes of the offers of a lead, in the order in which they were made. */
async function outcomes(service: TestService, lead: string): Promise<string[]> {
  const offers = await list(service, 'offers', `lead_id=${lead}`)
  return offers
    .reverse()
    .map(({ buyer_key, state, reason }: Record<string, string>) => [buyer_key, state, reason].filter(Boolean).join(' '))
}
const saleOf = async (service: TestService, lead: string) => (await list(service, 'sales', `lead_id=${lead}`))[0].state

t.test('a lead is posted with its person, sold, and its price is in the ledger', async (t) => {
  const { service, receiver } = await market(t)
  receiver.on('/post', says({ status: 'ACCEPTED', price: '12.5', id: 4711 }))
  const headers = [{ name: 'authorization', value: 'Bearer {{secret}}' }]
  await put(service, 'solo', {
    post: posting(receiver, '/post', { headers }),
    sale_cost_minor: 300,
    secret: 's3cret-of-solo',
  })
  const lead = await sell(service, 'solo')
  await service.drain()
  const [{ headers: sent, body }] = receiver.to('/post') as [Receiver['received'][number]]
  t.equal(sent.authorization, 'Bearer s3cret-of-solo')
  t.match(body, { person: { email: /^ada-/, name: 'Ada Lovelace' }, size: null })
  const [offer] = await list(service, 'offers', `lead_id=${lead}`)
  t.match(offer, { state: 'sold', price: { amount_minor: 1250, currency: 'EUR' }, reference: '4711' })
  t.equal(sent['idempotency-key'], offer.id)
  t.equal(await saleOf(service, lead), 'sold')
  const entries = await list(service, 'ledger', `lead_id=${lead}`)
  t.same(entries.map(({ kind, amount_minor }: Record<string, unknown>) => [kind, amount_minor]).sort(), [
    ['price', 1250],
    ['sale_cost', -300],
  ])
  const everything = JSON.stringify([
    (await service.call('GET', '/v1/buyers/solo')).json(),
    (await service.call('GET', '/v1/changes?cursor=earliest&limit=200')).json(),
    (await service.call('GET', '/v1/audit-log?limit=200')).json(),
  ])
  t.notMatch(everything, /s3cret-of-solo/)
})

t.test('all are pinged without the person, the best bid gets it, the next one when it is refused', async (t) => {
  const { service, receiver } = await market(t)
  receiver.on('/low/ping', says({ status: 'ok', price: '11.00', id: 'p-low' }))
  receiver.on('/high/ping', says({ status: 'ok', price: 30, id: 'p-high' }))
  receiver.on('/no/ping', says({ status: 'no', reason: 'Too far' }))
  receiver.on('/high/post', says({ status: 'rejected', reason: 'Known already' }))
  receiver.on('/low/post', says({ status: 'accepted', price: '11.00' }))
  await put(service, 'high', bidding(receiver, 'high', { ping_cost_minor: 5 }))
  await put(service, 'no', bidding(receiver, 'no'))
  await put(service, 'low', bidding(receiver, 'low', { next_buyers: ['high', 'no'], order: 'best_price' }))
  const lead = await sell(service, 'low')
  await service.drain()
  t.same((await outcomes(service, lead)).sort(), ['high rejected Known already', 'low sold', 'no no_bid Too far'])
  t.same(receiver.to('/high/ping')[0]?.body, { city: 'Ulm' })
  t.match(receiver.to('/high/post')[0]?.body, { ping: 'p-high', agreed: '30.00' })
  t.equal(receiver.to('/no/post').length, 0)
  const entries = await list(service, 'ledger', `lead_id=${lead}`)
  t.same(entries.map(({ kind, amount_minor }: Record<string, unknown>) => [kind, amount_minor]).sort(), [
    ['ping_cost', -5],
    ['price', 1100],
  ])
})

t.test('caps are reserved at the ping and given back on a loss: exactly so many are sold', async (t) => {
  const { service, receiver } = await market(t)
  let bids = 0
  receiver.on('/capped/ping', (request, reply) =>
    says(bids++ % 3 === 0 ? { status: 'no' } : { status: 'ok', price: '20.00' })(request, reply),
  )
  receiver.on('/capped/post', says({ status: 'ok' }))
  await put(service, 'capped', bidding(receiver, 'capped', { cap_day: 5, cap_total: 7 }))
  await Promise.all(Array.from({ length: 20 }, () => sell(service, 'capped')))
  await Promise.all([1, 2, 3].map(() => runSales(service.ctx, service.workspaceId)))
  const count = async (state: string) => (await list(service, 'offers', `state=${state}&limit=200`)).length
  const used = async () =>
    (await service.ctx.db.query<{ used: number }>('SELECT used FROM buyer_quotas')).map((quota) => quota.used)
  const first = await count('sold')
  t.ok(first >= 1 && first <= 5, `${first} of 20 at once`)
  t.same(await used(), [first, first], 'every other place is free again')
  // Whoever found the last place reserved was not asked; those who come later find it free.
  for (let i = 0; i < 9; i++) {
    await sell(service, 'capped')
    await runSales(service.ctx, service.workspaceId)
  }
  t.equal(await count('sold'), 5)
  t.equal(receiver.to('/capped/post').length, 5, 'nobody above the cap was ever posted')
  t.same(await used(), [5, 5])
})

t.test('a buyer that lies or breaks its word harms nobody', async (t) => {
  const { service, receiver } = await market(t)
  const lies = ['-5', '1e9', 'NaN', '12.345', '99999999999', { amount: 5 }, null, '9.99']
  for (const [i, price] of lies.entries()) {
    receiver.on(`/liar-${i}/ping`, says({ status: 'ok', price }))
    await put(service, `liar-${i}`, bidding(receiver, `liar-${i}`))
  }
  receiver.on('/html/ping', says('<html>Welcome</html>'))
  await put(service, 'html', bidding(receiver, 'html'))
  receiver.on('/cheap/ping', says({ status: 'ok', price: '50.00' }))
  receiver.on('/cheap/post', says({ status: 'ok', price: '0.01' }))
  const next_buyers = [...lies.map((_, i) => `liar-${i}`), 'html']
  await put(service, 'cheap', bidding(receiver, 'cheap', { next_buyers, order: 'best_price' }))
  const lead = await sell(service, 'cheap')
  await service.drain()
  const told = await outcomes(service, lead)
  t.equal(told.filter((line) => line.endsWith('no_bid invalid_price')).length, 7)
  t.ok(told.includes('liar-7 no_bid bid_too_low'))
  t.ok(told.includes('html no_bid rejected'))
  t.ok(told.includes('cheap sold price_below_bid'))
})

t.test(
  'an answer that says neither yes nor no gives the lead to nobody else; a byte order mark says nothing',
  async (t) => {
    const { service, receiver } = await market(t)
    receiver.on('/good', says({ status: 'ok' }))
    await put(service, 'good', { post: posting(receiver, '/good') })
    for (const [name, status] of [
      ['null', null],
      ['list', ['ok']],
      ['object', { code: 'ok' }],
    ] as const) {
      receiver.on(`/${name}`, says({ status }))
      await put(service, name, { post: posting(receiver, `/${name}`), next_buyers: ['good'] })
      const lead = await sell(service, name)
      await service.drain()
      t.same(await outcomes(service, lead), [`${name} in_doubt answer_not_understood`])
    }
    receiver.on('/marked', says('\uFEFF{"status":"ok","price":"9.50"}'))
    await put(service, 'marked', { post: posting(receiver, '/marked') })
    const lead = await sell(service, 'marked')
    await service.drain()
    t.match(await list(service, 'offers', `lead_id=${lead}`), [{ state: 'sold', price: { amount_minor: 950 } }])
  },
)

t.test('an error or a closed door passes the lead on; a lost answer does not, until somebody knows', async (t) => {
  const { service, receiver } = await market(t)
  receiver.on('/broken', says('Oops', 500))
  receiver.on('/good', says({ status: 'ok' }))
  await put(service, 'good', { post: posting(receiver, '/good') })
  await put(service, 'broken', { post: posting(receiver, '/broken'), next_buyers: ['good'] })
  await put(service, 'away', { post: { url: `http://${NOWHERE}/` }, next_buyers: ['broken', 'good'] })
  const first = await sell(service, 'away')
  await service.drain()
  t.same(await outcomes(service, first), ['away failed unreachable', 'broken failed status_500', 'good sold'])

  for (const [name, behave, reason] of [
    ['hang', hangs, 'timeout'],
    ['cut', cuts, 'unreachable'],
    ['gateway', says('Bad gateway', 502), 'status_502'],
    ['riddle', says('<html>Thanks!</html>'), 'answer_not_understood'],
  ] as const) {
    receiver.on(`/${name}`, behave)
    await put(service, name, { post: posting(receiver, `/${name}`), next_buyers: ['good'] })
    const lead = await sell(service, name)
    await service.drain()
    await service.drain()
    t.same(await outcomes(service, lead), [`${name} in_doubt ${reason}`])
    t.equal(await saleOf(service, lead), 'in_doubt')
    t.equal(receiver.to(`/${name}`).length, 1, 'posted once')
    const [offer] = await list(service, 'offers', `lead_id=${lead}`)
    const outcome = name === 'hang' ? 'sold' : 'not_sold'
    const resolved = await service.call('POST', `/v1/buyer-offers/${offer.id}/resolve`, { outcome })
    t.equal(resolved.statusCode, 200)
    await service.drain()
    t.equal(await saleOf(service, lead), 'sold')
    t.same(await outcomes(service, lead), name === 'hang' ? ['hang sold'] : [`${name} rejected resolved`, 'good sold'])
    t.equal((await service.call('POST', `/v1/buyer-offers/${offer.id}/resolve`, { outcome })).statusCode, 409)
  }
})

t.test('a worker that dies between the post and its answer leaves a doubt, and no second post', async (t) => {
  const { service, receiver } = await market(t)
  const { ctx, workspaceId } = service
  receiver.on('/slow', hangs)
  await put(service, 'slow', { post: posting(receiver, '/slow', { timeout_seconds: 3 }) })
  const lead = await sell(service, 'slow')
  const dead = runSales(ctx, workspaceId)
  while (receiver.to('/slow').length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  await runSales(ctx, workspaceId)
  t.same(await outcomes(service, lead), ['slow posting'], 'the lease is the first worker’s')
  await ctx.db.query("UPDATE buyer_sales SET lease_until = now() - interval '1 second'")
  await runSales(ctx, workspaceId)
  t.same(await outcomes(service, lead), ['slow in_doubt interrupted'])
  t.equal(receiver.to('/slow').length, 1)
  t.equal(await saleOf(service, lead), 'in_doubt')
  await dead
})

t.test('a worker that was only slow tells the truth in the end', async (t) => {
  const { service, receiver } = await market(t)
  const { ctx, workspaceId } = service
  let answer: () => void = () => undefined
  receiver.on('/slow', (_, reply) => {
    answer = () => void reply.end(JSON.stringify({ status: 'no', reason: 'Known' }))
  })
  receiver.on('/good', says({ status: 'ok' }))
  await put(service, 'good', { post: posting(receiver, '/good') })
  await put(service, 'slow', { post: posting(receiver, '/slow', { timeout_seconds: 15 }), next_buyers: ['good'] })
  const lead = await sell(service, 'slow')
  const slow = runSales(ctx, workspaceId)
  while (receiver.to('/slow').length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  await ctx.db.query("UPDATE buyer_sales SET lease_until = now() - interval '1 second'")
  await runSales(ctx, workspaceId)
  t.same(await outcomes(service, lead), ['slow in_doubt interrupted'])
  answer()
  await slow
  await runSales(ctx, workspaceId)
  t.same(await outcomes(service, lead), ['slow rejected Known', 'good sold'])
})

t.test('a sold lead is given back in its time, and offered to those who were not asked', async (t) => {
  const { service, receiver } = await market(t)
  receiver.on('/one', says({ status: 'ok', price: '10.00' }))
  receiver.on('/two', says({ status: 'ok', price: '10.00' }))
  await put(service, 'two', { post: posting(receiver, '/two') })
  await put(service, 'one', { post: posting(receiver, '/one'), next_buyers: ['two'], return_days: 3, cap_total: 1 })
  const lead = await sell(service, 'one')
  await service.drain()
  const [offer] = await list(service, 'offers', `lead_id=${lead}`)
  const back = (id: string) =>
    service.call('POST', `/v1/buyer-offers/${id}/return`, { reason: 'Wrong number', resell: true })
  t.match((await back(offer.id)).json(), { state: 'returned', reason: 'Wrong number' })
  t.equal((await back(offer.id)).statusCode, 409)
  await service.drain()
  t.same(await outcomes(service, lead), ['one returned Wrong number', 'two sold'])
  const amounts = (await list(service, 'ledger', `lead_id=${lead}`)).map(
    ({ amount_minor }: Record<string, number>) => amount_minor,
  )
  t.equal(
    amounts.reduce((sum: number, amount: number) => sum + amount, 0),
    1000,
  )
  const second = await sell(service, 'one')
  await service.drain()
  t.equal((await outcomes(service, second))[0], 'one sold', 'its place was free again')
  const [, late] = await list(service, 'offers', 'state=sold')
  service.setNow(new Date(Date.now() + 4 * 86_400_000))
  t.equal((await back(late.id)).statusCode, 409)
})

t.test('a lead that somebody else gets is not sold any more', async (t) => {
  const { service, receiver } = await market(t)
  receiver.on('/late', says({ status: 'ok' }))
  await put(service, 'late', { post: posting(receiver, '/late') })
  const lead = await sell(service, 'late')
  const owner_id = (await service.call('POST', '/v1/users', { name: 'Grace' })).json().id
  await service.call('PATCH', `/v1/leads/${lead}`, { owner_id })
  await service.drain()
  t.equal(await saleOf(service, lead), 'canceled')
  t.equal(receiver.received.length, 0)
})

t.test('a lead that has a seller meanwhile is offered to nobody, also when the buyer gives it back', async (t) => {
  const { service, receiver } = await market(t)
  receiver.on('/one', says({ status: 'ok', price: '10.00' }))
  receiver.on('/two', says({ status: 'ok', price: '10.00' }))
  await put(service, 'two', { post: posting(receiver, '/two') })
  await put(service, 'one', { post: posting(receiver, '/one'), next_buyers: ['two'], return_days: 3 })
  const lead = await sell(service, 'one')
  await service.drain()
  const owner_id = (await service.call('POST', '/v1/users', { name: 'Grace' })).json().id
  await service.call('PATCH', `/v1/leads/${lead}`, { owner_id })
  const [offer] = await list(service, 'offers', `lead_id=${lead}`)
  const back = { reason: 'Wrong number', resell: true }
  t.equal((await service.call('POST', `/v1/buyer-offers/${offer.id}/return`, back)).json().state, 'returned')
  await service.drain()
  t.same(await outcomes(service, lead), ['one returned Wrong number'])
  t.equal(await saleOf(service, lead), 'canceled')
  t.equal(receiver.received.length, 1)
})

t.test('an archived or erased lead is not sold', async (t) => {
  const { service, receiver } = await market(t)
  await put(service, 'one', { post: posting(receiver, '/one') })
  for (const end of ['archive', 'erase'] as const) {
    const lead_id = (await service.call('POST', '/v1/leads', { full_name: 'Ada' })).json().id
    const ended =
      end === 'erase'
        ? await service.call('POST', `/v1/leads/${lead_id}/erase`, {})
        : await service.call('DELETE', `/v1/leads/${lead_id}`)
    t.ok(ended.statusCode < 300)
    const refused = await service.call('POST', '/v1/buyer-sales', { lead_id, buyer_key: 'one' })
    t.equal(refused.statusCode, 422)
    t.match(refused.json().errors, [{ pointer: '/lead_id', code: 'archived_lead' }])
  }
  await service.drain()
  t.equal(receiver.received.length, 0)
})

t.test('what a buyer may not be is refused by its place', async (t) => {
  const { call } = await testService(t)
  const response = await call('PUT', '/v1/buyers/faulty', {
    mode: 'ping_post',
    price_minor: 1,
    currency: 'QQQ',
    time_zone: 'Mars/Olympus',
    next_buyers: ['faulty'],
    ping: { url: 'http://169.254.169.254/', fields: [{ name: 'a', value: '{{email}}' }] },
    post: {
      url: 'https://buyer.test/',
      headers: [{ name: 'Host', value: 'x' }],
      fields: [
        { name: 'a', value: '{{nothing}}' },
        { name: 'a.b', value: 'x' },
      ],
      answer: { accepted_path: 'status' },
    },
  })
  t.equal(response.statusCode, 400)
  t.same(
    response.json().errors.map(({ pointer, code }: Record<string, string>) => [pointer, code]),
    [
      ['/ping/url', 'address_refused'],
      ['/ping/fields/0/value', 'personal_field'],
      ['/post/headers/0/name', 'invalid_name'],
      ['/post/fields/0/value', 'unknown_placeholder'],
      ['/post/fields/1/name', 'duplicate'],
      ['/post/answer/accepted_values', 'required'],
      ['/currency', 'invalid_currency'],
      ['/time_zone', 'unknown_time_zone'],
      ['/next_buyers/0', 'not_allowed'],
    ],
  )
})
