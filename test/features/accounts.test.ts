import fc from 'fast-check'
import t from 'tap'
import { normalizeAccountFields } from '../../src/domain/account-fields.ts'
import { encodeTypeId } from '../../src/domain/type-id.ts'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call, ctx } = service

const create = async (body: object) => {
  const answer = await call('POST', '/v1/accounts', body)
  if (answer.statusCode > 201) throw new Error(answer.body)
  return answer.json()
}
const read = async (id: string) => (await call('GET', `/v1/accounts/${id}`)).json()
const patch = (id: string, body: object, headers: Record<string, string> = {}) =>
  call('PATCH', `/v1/accounts/${id}`, body, { headers })
const put = (id: string, body: object, headers: Record<string, string> = {}, query = '') =>
  call('PATCH', `/v1/accounts/by-external-id/crm/${encodeURIComponent(id)}${query}`, body, { headers })
const faults = (answer: {
  statusCode: number
  json(): { code: string; errors: { code: string; pointer: string }[] }
}) => {
  const { code, errors } = answer.json()
  return [answer.statusCode, code, ...errors.map((item) => `${item.code} ${item.pointer}`)]
}
const crm = (external_id: string) => ({ system: 'crm', external_id })

t.test('an account reads back in the documented normal form', async (t) => {
  const answer = await call('POST', '/v1/accounts', {
    name: ' Müller \u200b GmbH ',
    website: 'WWW.Mueller.Example/de',
    industry: 'Machinery',
    employee_count: 250,
    annual_revenue: { amount_minor: 9_007_199_254_740_991, currency: 'eur' },
    phone: '030 901820',
    street: '12 Main St',
    city: 'Berlin',
    region: 'BE',
    postal_code: '10115',
    country: 'Germany',
    tags: ['a', 'a', ' b '],
    metadata: { k: ' v ' },
    external_ids: [crm('a1')],
  })
  const account = answer.json()
  t.equal(answer.statusCode, 201)
  t.equal(answer.headers.location, `/v1/accounts/${account.id}`)
  t.equal(answer.headers.etag, '"v1"')
  t.match(account, {
    name: 'Müller GmbH',
    website: 'https://www.mueller.example/de',
    domain: 'mueller.example',
    employee_count: 250,
    annual_revenue: { amount_minor: 9_007_199_254_740_991, currency: 'EUR' },
    phone: '+4930901820',
    country: 'DE',
    owner_id: null,
    archived: false,
    version: 1,
  })
  t.strictSame(account.tags, ['a', 'b'])
  t.strictSame(account.metadata, { k: ' v ' })
  t.strictSame(await read(account.id), account)
})

t.test('a patch clears by null, replaces lists and leaves an echo alone', async (t) => {
  const account = await create({ name: 'Patch', domain: 'patch.example', metadata: { a: '1', b: '2' }, tags: ['x'] })
  const cleared = (await patch(account.id, { name: null, domain: null, metadata: { a: null }, tags: ['y'] })).json()
  t.match(cleared, { name: null, domain: null, version: 2 })
  t.strictSame([cleared.metadata, cleared.tags], [{ b: '2' }, ['y']])
  const revenue = (await patch(account.id, { annual_revenue: { currency: 'USD', amount_minor: 0 } })).json()
  t.match(revenue, { annual_revenue: { amount_minor: 0, currency: 'USD' }, version: 3 })
  const { next_cursor } = (await call('GET', '/v1/changes?cursor=latest')).json()
  const { name, domain, website, metadata, tags, annual_revenue, country } = revenue
  const echo = await patch(account.id, { name, domain, website, metadata, tags, annual_revenue, country })
  t.strictSame(echo.json(), revenue)
  t.strictSame((await call('GET', `/v1/changes?cursor=${next_cursor}`)).json().data, [])
  t.equal((await patch(account.id, { annual_revenue: null })).json().annual_revenue, null)
})

t.test('what has no normal form is refused with its place', async (t) => {
  const { id } = await create({ name: 'Bad' })
  const bad: [object, string[]][] = [
    [{ website: 'ftp://x.test' }, ['bad_scheme /website']],
    [{ domain: 'localhost' }, ['bad_domain /domain']],
    [{ domain: 'co.uk' }, ['bad_domain /domain']],
    [{ country: 'Atlantis' }, ['unknown_country /country']],
    [{ phone: 'x' }, ['not_a_number /phone']],
    [{ annual_revenue: { amount_minor: 1, currency: 'XYZ' } }, ['unknown_currency /annual_revenue/currency']],
    [{ custom_fields: { nothing: [[[[[[[[[1]]]]]]]]] } }, ['too_deep /custom_fields/nothing']],
    [{ tags: ['\u200b'] }, ['blank /tags/0']],
  ]
  for (const [body, expected] of bad)
    t.strictSame(faults(await patch(id, body)), [400, 'validation_failed', ...expected])
  const refused: object[] = [
    { employee_count: -1 },
    { employee_count: 1.5 },
    { employee_count: '5' },
    { employee_count: 2 ** 31 },
    { annual_revenue: 5 },
    { annual_revenue: { amount_minor: 1 } },
    { annual_revenue: { amount_minor: 1, currency: 'EUR', extra: 1 } },
    { annual_revenue: { amount_minor: -1, currency: 'EUR' } },
    { name: 'x'.repeat(501) },
    { bogus: 1 },
  ]
  for (const body of refused) t.equal((await patch(id, body)).statusCode, 400, JSON.stringify(body).slice(0, 60))
  t.strictSame(faults(await call('POST', '/v1/accounts', { city: 'x' })), [400, 'validation_failed', 'required '])
  t.strictSame((await read(id)).version, 1)
})

t.test('a domain is of one company: it finds it, and is refused to another', async (t) => {
  const first = await create({ name: 'First', domain: 'www.shop.example.co.uk' })
  t.equal(first.domain, 'example.co.uk')
  const again = await call('POST', '/v1/accounts', { website: 'https://example.co.uk/about', industry: 'Retail' })
  t.match([again.statusCode, again.json()], [200, { id: first.id, name: 'First', industry: 'Retail' }])
  const rejected = await call('POST', '/v1/accounts', { domain: 'example.co.uk', on_duplicate: 'reject' })
  t.match([rejected.statusCode, rejected.json()], [409, { code: 'duplicate', existing_id: first.id }])
  const second = await create({ name: 'Second', domain: 'example.co.uk', on_duplicate: 'create' })
  t.not(second.id, first.id)
  const third = await create({ name: 'Third' })
  const taken = await patch(third.id, { domain: 'example.co.uk' })
  t.match([taken.statusCode, taken.json()], [409, { existing_id: first.id }])
  await patch(first.id, { domain: 'elsewhere.example' })
  t.equal((await patch(third.id, { domain: 'example.co.uk' })).statusCode, 200, 'what is given up is free')
  t.equal((await call('GET', '/v1/accounts?domain=www.example.co.uk')).json().data[0].id, third.id)
})

t.test('a page on a shared site joins nobody', async (t) => {
  const one = await create({ name: 'One', website: 'https://facebook.com/one' })
  const two = await create({ name: 'Two', website: 'https://facebook.com/two' })
  t.not(one.id, two.id)
  t.equal(one.domain, null)
})

t.test('twenty equal upserts at once make one account', async (t) => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => put('race', { name: 'Race', domain: 'race.example' })),
  )
  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [...Array(19).fill(200), 201])
  t.equal(new Set(answers.map((answer) => answer.json().id)).size, 1)
  const creates = await Promise.all(
    Array.from({ length: 10 }, (_, i) => call('POST', '/v1/accounts', { domain: 'storm.example', city: `c${i}` })),
  )
  t.equal(new Set(creates.map((answer) => answer.json().id)).size, 1)
})

t.test('the conditions of HTTP say what may happen', async (t) => {
  t.equal((await put('nobody', {}, {}, '?create_if_missing=false')).statusCode, 404)
  const made = await put('cond', { name: 'x' }, { 'if-none-match': '*' })
  t.equal(made.statusCode, 201)
  t.equal((await put('cond', { name: 'y' }, { 'if-none-match': '*' })).statusCode, 412)
  t.equal((await put('cond', { name: 'y' }, { 'if-match': '"v9"' })).statusCode, 412)
  t.equal((await patch(made.json().id, { name: 'y' }, { 'if-match': '"v1"' })).statusCode, 200)
  const { id, etag } = await create({ name: 'If-Match' })
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, i) => patch(id, { city: `c${i}` }, { 'if-match': etag })),
  )
  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [200, ...Array(5).fill(412)])
})

t.test('a new id with a known domain joins that account, unless the other system has two', async (t) => {
  const known = await create({ name: 'Known', domain: 'known.example' })
  t.match((await put('k1', { domain: 'known.example' })).json(), { id: known.id, external_ids: [crm('k1')] })
  t.equal((await put('k2', { domain: 'known.example' })).statusCode, 409)
  t.equal((await put('k2', { domain: 'known.example', on_duplicate: 'create' })).statusCode, 201)
  const other = await put('k3', { external_ids: [crm('k1')] })
  t.match([other.statusCode, other.json()], [409, { existing_id: known.id }])
})

t.test('an archived account is hidden, keeps its leads, and can be restored', async (t) => {
  const account = await create({ name: 'Archive Me' })
  const lead = (await call('POST', '/v1/leads', { email: 'a@archive.example', account_id: account.id })).json()
  const { next_cursor } = (await call('GET', '/v1/changes?cursor=latest')).json()
  t.equal((await call('DELETE', `/v1/accounts/${account.id}`)).statusCode, 204)
  t.equal((await call('DELETE', `/v1/accounts/${account.id}`)).statusCode, 204)
  t.strictSame((await call('GET', '/v1/accounts?q=archive')).json().data, [])
  t.equal((await call('GET', '/v1/accounts?q=archive&archived=true')).json().data.length, 1)
  t.equal((await call('GET', `/v1/leads/${lead.id}`)).json().account_id, account.id)
  t.equal((await patch(account.id, { archived: false })).json().archived, false)
  const { data } = (await call('GET', `/v1/changes?cursor=${next_cursor}&types=account.*`)).json()
  t.strictSame(
    data.map(({ type }: { type: string }) => type),
    ['account.archived', 'account.restored'],
  )
})

t.test('an archived account comes back by an upsert, but not by a mere change', async (t) => {
  const domain = 'comeback.example'
  const crm = [{ system: 'crm', external_id: 'comeback' }]
  const { id } = await create({ name: 'Come Back', domain, external_ids: crm })
  const after = async (method: string, path: string, body: object) => {
    await call('DELETE', `/v1/accounts/${id}`)
    t.ok((await call(method, `/v1/accounts${path}`, body)).statusCode < 300)
    return (await read(id)).archived
  }
  t.equal(await after('PATCH', '/by-external-id/crm/comeback', { city: 'Bonn' }), false)
  t.equal(await after('POST', '/batch/upsert', { items: [{ domain }] }), false)
  t.equal(await after('POST', '', { domain }), false)
  t.equal(await after('PATCH', '/by-external-id/crm/comeback', { archived: true }), true)
  t.equal(await after('PATCH', '/by-external-id/crm/comeback?create_if_missing=false', { city: 'Ulm' }), true)
  t.equal(await after('POST', '/batch/upsert', { items: [{ id, city: 'Wien' }] }), true)
  t.match(await read(id), { city: 'Wien', archived: true })
})

t.test('a batch answers each item, and one that is faulty fails alone', async (t) => {
  const known = await create({ name: 'Batch', domain: 'batch.example' })
  const answer = await call('POST', '/v1/accounts/batch/upsert', {
    items: [
      { domain: 'batch.example', city: 'Bonn' },
      { id: known.id, city: 'Köln' },
      { name: 'New', external_ids: [crm('b1')] },
      { city: 'nowhere' },
      { name: 7 },
      { id: encodeTypeId('account', '018f0000-0000-7000-8000-000000000000'), name: 'x' },
    ],
  })
  const { results, succeeded, failed } = answer.json()
  t.strictSame(
    [answer.statusCode, succeeded, failed, results.map(({ status }: { status: number }) => status)],
    [207, 2, 4, [200, 409, 201, 400, 400, 404]],
  )
  const atomic = await call('POST', '/v1/accounts/batch/upsert', {
    atomic: true,
    items: [{ name: 'Atomic', external_ids: [crm('at')] }, { domain: 'localhost' }],
  })
  t.equal(atomic.json().succeeded, 0)
  t.strictSame((await call('GET', '/v1/external-ids?system=crm&external_id=at')).json().data, [])
})

t.test('a list is filtered, sorted, paged and counted', async (t) => {
  for (let i = 0; i < 5; i++) await create({ name: `Pager ${i}`, tags: ['pager'] })
  const names: string[] = []
  let cursor = ''
  do {
    const page = (
      await call('GET', `/v1/accounts?tag=pager&limit=2&sort=created_at&include_total=true${cursor}`)
    ).json()
    t.match(page.total, { value: 5, relation: 'eq' })
    names.push(...page.data.map(({ name }: { name: string }) => name))
    cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`
  } while (cursor !== '')
  t.strictSame(
    names,
    [0, 1, 2, 3, 4].map((i) => `Pager ${i}`),
  )
  t.equal((await call('GET', '/v1/accounts?q=PAGER%204')).json().data.length, 1)
  t.equal((await call('GET', '/v1/accounts?external_system=crm&external_id=a1')).json().data.length, 1)
  for (const query of [
    'external_id=x',
    'domain=localhost',
    'sort=name',
    'limit=0',
    'bogus=1',
    'created_after=now',
    'q=',
  ])
    t.equal((await call('GET', `/v1/accounts?${query}`)).statusCode, 400, query)
})

t.test('accounts of another workspace are not there', async (t) => {
  const { key } = await service.makeWorkspace()
  const headers = { authorization: `Bearer ${key}` }
  const mine = await create({ name: 'Mine', domain: 'mine.example', external_ids: [crm('mine')] })
  t.equal((await call('GET', `/v1/accounts/${mine.id}`, undefined, { headers })).statusCode, 404)
  t.equal((await call('PATCH', `/v1/accounts/${mine.id}`, { name: 'x' }, { headers })).statusCode, 404)
  t.equal((await call('DELETE', `/v1/accounts/${mine.id}`, undefined, { headers })).statusCode, 404)
  t.equal((await call('POST', '/v1/accounts', { domain: 'mine.example' }, { headers })).statusCode, 201)
  const upsert = await call('PATCH', '/v1/accounts/by-external-id/crm/mine', { name: 'x' }, { headers })
  t.equal(upsert.statusCode, 201)
  for (const id of ['acct_', 'lead_01k8r5x4q3e7vb2c9m6h0n1d5s', '%00'])
    t.ok([400, 404].includes((await call('GET', `/v1/accounts/${id}`)).statusCode))
  const reader = await service.makeKey('restricted', { scopes: ['accounts:read'] })
  const asReader = { headers: { authorization: `Bearer ${reader}` } }
  t.equal((await call('GET', '/v1/accounts', undefined, asReader)).statusCode, 200)
  t.equal((await call('POST', '/v1/accounts', { name: 'x' }, asReader)).statusCode, 403)
})

t.test('an owner is a seller who is there and active', async (t) => {
  const user = async (more = {}) => (await call('POST', '/v1/users', { name: 'Grace', ...more })).json().id
  const [grace, gone] = [await user(), await user({ active: false })]
  const owned = await create({ name: 'Owned', owner_id: grace })
  t.equal(owned.owner_id, grace)
  const patch = (owner_id: string | null) => call('PATCH', `/v1/accounts/${owned.id}`, { owner_id })
  t.match((await patch(gone)).json(), { status: 422, errors: [{ pointer: '/owner_id', code: 'inactive_user' }] })
  const unknown = 'user_7zzzzzzzzzzzzzzzzzzzzzzzzz'
  t.match((await patch(unknown)).json(), { status: 422, errors: [{ pointer: '/owner_id', code: 'unknown_user' }] })
  t.equal((await patch(null)).json().owner_id, null)
  const items = [
    { id: owned.id, owner_id: grace },
    { name: 'Orphan', owner_id: gone },
  ]
  const { results } = (await call('POST', '/v1/accounts/batch/upsert', { items })).json()
  t.same(
    results.map(({ status }: { status: number }) => status),
    [200, 422],
  )
  t.equal((await call('GET', `/v1/accounts/${owned.id}`)).json().owner_id, grace)
})

t.test('an item that the database alone refuses fails alone', async (t) => {
  await ctx.db.pool.query(`ALTER TABLE accounts ADD CONSTRAINT no_poison CHECK (city IS DISTINCT FROM 'poison')`)
  t.teardown(() => ctx.db.pool.query('ALTER TABLE accounts DROP CONSTRAINT no_poison'))
  const items = Array.from({ length: 5 }, (_, i) => ({ name: `P${i}`, city: i === 2 ? 'poison' : 'x' }))
  const { results } = (await call('POST', '/v1/accounts/batch/upsert', { items })).json()
  t.strictSame(
    results.map(({ status }: { status: number }) => status),
    [201, 201, 400, 201, 201],
  )
})

t.test('normalizing what was normalized changes nothing', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.constantFrom('www.a.test', 'Ä.example', 'Germany', '030 901820', ' x '),
  )
  const raw = fc.record({ name: text, website: text, domain: text, phone: text, country: text }, { requiredKeys: [] })
  fc.assert(
    fc.property(raw, (given) => {
      const { fields } = normalizeAccountFields(given, 'DE')
      return JSON.stringify(normalizeAccountFields(fields, 'DE').fields) === JSON.stringify(fields)
    }),
  )
})
