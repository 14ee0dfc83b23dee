import t from 'tap'
import { encodeTypeId } from '../../src/domain/type-id.ts'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call, ctx } = service

interface Result {
  index: number
  status: number
  outcome: string
  id: string | null
  error: { code: string; status: number; existing_id?: string; errors: { code: string; pointer: string }[] } | null
}

const put = (id: string, body: object, headers: Record<string, string> = {}, query = '') =>
  call('PATCH', `/v1/leads/by-external-id/crm/${encodeURIComponent(id)}${query}`, body, { headers })
const batch = async (items: unknown[], more: object = {}) => {
  const answer = await call('POST', '/v1/leads/batch/upsert', { items, ...more })
  if (answer.statusCode !== 207) throw new Error(`${answer.statusCode} ${answer.body}`)
  return answer.json() as { results: Result[]; succeeded: number; failed: number }
}
/** Outcome of each item, and code with place of every fault. */
const told = ({ results }: { results: Result[] }) =>
  results.map(({ outcome, error }) =>
    error === null ? outcome : [error.code, ...error.errors.map((item) => `${item.code} ${item.pointer}`)].join(' '),
  )
const count = async (query: string) =>
  (await call('GET', `/v1/leads?include_total=true&limit=1&${query}`)).json().total.value
const crm = (external_id: string) => ({ system: 'crm', external_id })

t.test('an upsert makes a lead once, changes it, and leaves it when nothing is new', async (t) => {
  const made = await put('a/ä 1', { email: 'up@example.org', full_name: 'Up Sert', status: 'working', archived: false })
  t.equal(made.statusCode, 201)
  t.equal(made.headers.location, `/v1/leads/${made.json().id}`)
  t.match(made.json(), { external_ids: [crm('a/ä 1')], status: 'working', version: 1 })
  const changed = await put('a/ä 1', { full_name: null, city: 'Bonn' })
  t.match(
    [changed.statusCode, changed.json()],
    [200, { id: made.json().id, full_name: null, city: 'Bonn', version: 2 }],
  )
  const same = await put('a/ä 1', { city: 'Bonn', email: 'up@example.org' })
  t.match([same.statusCode, same.json()], [200, { version: 2 }])
  t.equal((await put('bare', {})).statusCode, 201, 'the id is enough to tell who it is')
})

t.test('twenty equal upserts at once make one lead', async (t) => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => put('race', { email: 'race@example.org', city: 'x' })),
  )
  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [...Array(19).fill(200), 201])
  t.equal(new Set(answers.map((answer) => answer.json().id)).size, 1)
  t.equal(answers[0]?.json().version, 1)
  t.equal(await count('email=race@example.org'), 1)
  const { rows } = await ctx.db.pool.query(`SELECT count(*)::int AS n FROM leads WHERE email = 'race@example.org'`)
  t.equal(rows[0].n, 1)
})

t.test('different upserts of one id at once are all in the end', async (t) => {
  const fields = ['city', 'region', 'street', 'job_title', 'company_name', 'postal_code', 'first_name', 'last_name']
  await Promise.all(fields.map((field) => put('merge', { [field]: 'X' })))
  const lead = (await put('merge', {})).json()
  for (const field of fields) t.equal(lead[field], 'X', field)
})

t.test('the conditions of HTTP say what may happen', async (t) => {
  t.equal((await put('nobody', { city: 'x' }, {}, '?create_if_missing=false')).statusCode, 404)
  t.equal((await put('nobody', { city: 'x' }, { 'if-match': '"v1"' })).statusCode, 412)
  const made = await put('cond', { city: 'x' }, { 'if-none-match': '*' })
  t.equal(made.statusCode, 201)
  t.equal((await put('cond', { city: 'y' }, { 'if-none-match': '*' })).statusCode, 412)
  t.equal((await put('cond', { city: 'y' }, { 'if-match': '"v2"' })).statusCode, 412)
  t.equal((await put('cond', { city: 'y' }, { 'if-match': '"v1"' }, '?create_if_missing=false')).statusCode, 200)
  t.equal((await put('cond', {}, {}, '?create_if_missing=perhaps')).statusCode, 400)
})

t.test('a new id with a known e-mail joins that lead, unless the other system has two records', async (t) => {
  const known = (await call('POST', '/v1/leads', { email: 'form@example.org', city: 'Bonn' })).json()
  const joined = await put('j1', { email: 'FORM@example.org', job_title: 'CTO' })
  t.match(
    [joined.statusCode, joined.json()],
    [200, { id: known.id, external_ids: [crm('j1')], city: 'Bonn', job_title: 'CTO' }],
  )
  const second = await put('j2', { email: 'form@example.org' })
  t.match([second.statusCode, second.json()], [409, { code: 'duplicate', existing_id: known.id }])
  t.match((await put('j2', { email: 'form@example.org', on_duplicate: 'reject' })).statusCode, 409)
  t.equal((await put('j2', { email: 'form@example.org' }, { 'if-none-match': '*' })).statusCode, 409)
  const wanted = await put('j2', { email: 'form@example.org', on_duplicate: 'create' })
  t.equal(wanted.statusCode, 201)
  t.not(wanted.json().id, known.id)
  const elsewhere = await call('PATCH', '/v1/leads/by-external-id/erp/7', { email: 'form@example.org' })
  t.match(elsewhere.json(), { id: known.id, external_ids: [crm('j1'), { system: 'erp', external_id: '7' }] })
})

t.test('ids in the body join, and one of another lead is refused', async (t) => {
  const one = (await put('b1', { external_ids: [{ system: 'erp', external_id: 'b1' }] })).json()
  t.strictSame(one.external_ids, [crm('b1'), { system: 'erp', external_id: 'b1' }])
  const other = await put('b2', { external_ids: [{ system: 'erp', external_id: 'b1' }] })
  t.match([other.statusCode, other.json()], [409, { existing_id: one.id }])
  t.equal(
    (await call('GET', '/v1/external-ids?system=crm&external_id=b2')).json().data.length,
    0,
    'nothing half-written',
  )
})

t.test('an archived lead comes back by an upsert, but not by a mere change', async (t) => {
  const email = 'back@example.org'
  const { id } = (await put('back', { email })).json()
  const isArchived = async () => (await call('GET', `/v1/leads/${id}`)).json().archived as boolean
  /** Whether the lead is archived after each write to the archived lead. */
  const after = async (write: () => Promise<unknown>) => {
    await call('DELETE', `/v1/leads/${id}`)
    await write()
    return await isArchived()
  }
  const { next_cursor } = (await call('GET', '/v1/changes?cursor=latest')).json()
  t.equal(await after(() => put('back', { city: 'Bonn' })), false, 'by its id in another system')
  t.equal(await after(() => put('back', { city: 'Bonn' })), false, 'also when nothing else changes')
  t.equal(await after(() => put('back2', { email }, {}, '?on_duplicate=update')), true, 'not by a refused one')
  t.equal(await after(() => batch([{ external_ids: [crm('back')] }])), false)
  t.equal(await after(() => batch([{ email, city: 'Ulm' }])), false, 'by its e-mail')
  t.equal(await after(() => call('POST', '/v1/leads', { email })), false, 'and by a creation')
  const { data } = (await call('GET', `/v1/changes?cursor=${next_cursor}&types=lead.restored`)).json()
  t.equal(data.length, 5, 'which the feed tells')
  t.equal(await after(() => put('back', { city: 'Rom', archived: true })), true, 'unless it says so itself')
  t.equal(await after(() => batch([{ email, city: 'Ulm', archived: true }])), true)
  t.equal(await after(() => batch([{ id, city: 'Wien' }])), true, 'our id asks for a change')
  t.equal(await after(() => put('back', { city: 'Linz' }, {}, '?create_if_missing=false')), true)
  t.equal(await after(() => call('PATCH', `/v1/leads/${id}`, { city: 'Graz' })), true)
  t.equal((await call('GET', `/v1/leads/${id}`)).json().city, 'Graz')
})

t.test('an address that cannot be is refused', async (t) => {
  t.equal((await call('PATCH', '/v1/leads/by-external-id/CRM/1', {})).statusCode, 400)
  t.equal((await call('PATCH', '/v1/leads/by-external-id/crm/%00', {})).statusCode, 400)
  t.equal((await call('PATCH', '/v1/leads/by-external-id/crm/%ED%A0%80', {})).statusCode, 400)
  t.equal((await call('PATCH', `/v1/leads/by-external-id/crm/${'x'.repeat(256)}`, {})).statusCode, 400)
  const longest = '😀'.repeat(255)
  const made = await put(longest, {})
  t.match([made.statusCode, made.json().external_ids], [201, [crm(longest)]])
  t.equal((await put(longest, {})).json().id, made.json().id)
})

t.test('a batch answers each item in order, and one that is faulty fails alone', async (t) => {
  const known = (await call('POST', '/v1/leads', { email: 'batch@example.org', external_ids: [crm('known')] })).json()
  const nobody = encodeTypeId('lead', '018f0000-0000-7000-8000-000000000000')
  const answer = await batch([
    { id: known.id, city: 'Bonn' },
    { email: 'batch-new@example.org', external_ids: [crm('n1')] },
    { email: 'nope' },
    { email: 5, bogus: true },
    'text',
    { id: nobody, city: 'x' },
    { id: 'lead_x' },
    { tags: ['x'] },
    { external_ids: [crm('n2')], account_id: encodeTypeId('account', '018f0000-0000-7000-8000-000000000000') },
    { external_ids: [crm('n3')], custom_fields: { interest: 'what' } },
    { external_ids: [crm('n4')], first_name: 'Zoë 😀' },
  ])
  t.strictSame(told(answer), [
    'updated',
    'created',
    'validation_failed not_one_address /email',
    'validation_failed unknown_field /bogus invalid_type /email',
    'validation_failed invalid_type ',
    'not_found',
    'validation_failed invalid_format /id',
    'validation_failed required ',
    'unprocessable unknown_account /account_id',
    'validation_failed unknown_option /custom_fields/interest',
    'created',
  ])
  t.match(answer, { succeeded: 3, failed: 8 })
  t.strictSame(
    answer.results.map(({ index, status, error }) => [index, status, error?.status ?? status]),
    [200, 201, 400, 400, 400, 404, 400, 400, 422, 400, 201].map((status, i) => [i, status, status]),
  )
  t.match((await call('GET', `/v1/leads/${answer.results[10]?.id}`)).json(), { first_name: 'Zoë 😀', version: 1 })
  t.match((await call('GET', `/v1/leads/${known.id}`)).json(), { city: 'Bonn', version: 2 })
  const again = await batch([
    { id: known.id, city: 'Bonn' },
    { external_ids: [crm('n4')], first_name: 'Zoë 😀' },
  ])
  t.strictSame(told(again), ['unchanged', 'unchanged'])
})

t.test('two items about one lead: the later one fails', async (t) => {
  const known = (await call('POST', '/v1/leads', { email: 'twice@example.org', external_ids: [crm('twice')] })).json()
  const answer = await batch([
    { external_ids: [crm('twice')], city: 'one' },
    { email: 'TWICE@example.org', city: 'two' },
    { id: known.id, city: 'three' },
    { email: 'fresh@example.org' },
    { email: 'Fresh@example.org', city: 'x' },
  ])
  const repeat = 'duplicate duplicate_in_batch '
  t.strictSame(told(answer), ['updated', repeat, repeat, 'created', repeat])
  t.equal((await call('GET', `/v1/leads/${known.id}`)).json().city, 'one')
})

t.test('on_duplicate decides about items of which only the e-mail is known', async (t) => {
  const known = (await call('POST', '/v1/leads', { email: 'dup@example.org' })).json()
  const items = [
    { email: 'dup@example.org', city: 'x' },
    { external_ids: [crm('dup')], email: 'dup@example.org' },
  ]
  const rejected = await batch(items, { on_duplicate: 'reject' })
  t.strictSame(told(rejected), ['duplicate', 'duplicate'])
  t.equal(rejected.results[0]?.error?.existing_id, known.id)
  t.strictSame(told(await batch([items[0]])), ['updated'])
  const wanted = await batch([items[1]], { on_duplicate: 'create' })
  t.strictSame(told(wanted), ['created'])
  t.not(wanted.results[0]?.id, known.id)
})

t.test('an atomic batch is all or nothing', async (t) => {
  const { next_cursor } = (await call('GET', '/v1/changes?cursor=latest')).json()
  for (const bad of [{ email: 'nope' }, { email: 7 }, { email: 'at1@example.org' }]) {
    const answer = await batch([{ email: 'at1@example.org' }, bad, { email: 'at2@example.org' }], { atomic: true })
    t.equal(answer.succeeded, 0)
    t.match(told(answer)[0], 'batch_aborted')
    t.match(told(answer)[2], 'batch_aborted')
  }
  t.equal(await count('email=at1@example.org'), 0)
  t.strictSame((await call('GET', `/v1/changes?cursor=${next_cursor}`)).json().data, [])
  const done = await batch([{ email: 'at1@example.org' }, { email: 'at2@example.org' }], { atomic: true })
  t.strictSame(told(done), ['created', 'created'])
})

t.test('an item takes an e-mail that an earlier one gives up', async (t) => {
  const a = (await call('POST', '/v1/leads', { email: 'hand@example.org' })).json()
  const answer = await batch([
    { id: a.id, email: 'over@example.org' },
    { email: 'hand@example.org', first_name: 'New' },
  ])
  t.strictSame(told(answer), ['updated', 'created'])
  t.equal((await call('GET', '/v1/leads?email=hand@example.org')).json().data[0].id, answer.results[1]?.id)
  t.equal((await call('GET', '/v1/leads?email=over@example.org')).json().data[0].id, a.id)
})

t.test('an item that the database alone refuses fails alone', async (t) => {
  await ctx.db.pool.query(`ALTER TABLE leads ADD CONSTRAINT no_poison CHECK (city IS DISTINCT FROM 'poison')`)
  t.teardown(() => ctx.db.pool.query('ALTER TABLE leads DROP CONSTRAINT no_poison'))
  const items = Array.from({ length: 9 }, (_, i) => ({
    email: `poison${i}@example.org`,
    city: i === 4 ? 'poison' : 'x',
  }))
  const answer = await batch(items)
  t.match(answer, { succeeded: 8, failed: 1 })
  t.equal(answer.results[4]?.error?.code, 'invalid_request')
  t.strictSame(told(answer).filter((word) => word === 'created').length, 8)
  const atomic = await batch([{ email: 'p1@example.org' }, { email: 'p2@example.org', city: 'poison' }], {
    atomic: true,
  })
  t.equal(atomic.failed, 2)
  t.equal(await count('email=p1@example.org'), 0)
})

t.test('batches at the same moment about the same leads make each lead once', async (t) => {
  const items = Array.from({ length: 30 }, (_, i) => ({
    email: `storm${i}@example.org`,
    external_ids: [crm(`storm${i}`)],
  }))
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, i) => batch(i % 2 === 0 ? items : items.toReversed())),
  )
  t.equal(answers.flatMap(told).filter((word) => word === 'created').length, 30)
  t.equal(answers.flatMap(told).filter((word) => word === 'unchanged').length, 150)
})

t.test('what is wrong with the batch itself is a 400', async (t) => {
  const refused = async (body: unknown) => (await call('POST', '/v1/leads/batch/upsert', body)).statusCode
  t.equal(await refused({}), 400)
  t.equal(await refused({ items: [] }), 400)
  t.equal(await refused({ items: {} }), 400)
  t.equal(await refused({ items: Array(201).fill({ email: 'x@y.test' }) }), 400)
  t.equal(await refused({ items: [{ email: 'x@y.test' }], bogus: 1 }), 400)
  t.equal(await refused({ items: [{ email: 'x@y.test' }], atomic: 'yes' }), 400)
  t.equal(await refused({ items: [{ email: 'x@y.test' }], on_duplicate: 'merge' }), 400)
  t.equal(await refused({ items: [{ email: 'x@y.test' }, 7], atomic: 1 }), 400)
  t.equal(await refused([]), 400)
})

t.test('two hundred items are one transaction, and far cheaper than one by one', async (t) => {
  const items = (from: number, n: number) =>
    Array.from({ length: n }, (_, i) => ({
      email: `fast${from + i}@example.org`,
      full_name: 'Fast Lane',
      external_ids: [crm(`fast${from + i}`)],
      custom_fields: { message: 'x' },
    }))
  await batch(items(0, 200))
  t.match(await batch(items(200, 200)), { succeeded: 200 })
  // Who wrote each row, not how far the counter of the server has come: other tests use the same server.
  const wanted = items(200, 200).map(({ email }) => email)
  const { rows } = await ctx.db.pool.query(
    'SELECT count(*)::int AS leads, count(DISTINCT xmin::text)::int AS transactions FROM leads WHERE email = ANY($1)',
    [wanted],
  )
  t.strictSame(rows, [{ leads: 200, transactions: 1 }])
  const time = async (work: () => Promise<unknown>) => {
    const started = performance.now()
    await work()
    return performance.now() - started
  }
  const together = await time(() => batch(items(400, 200)))
  const singly = await time(async () => {
    for (const item of items(600, 40))
      await call('PATCH', `/v1/leads/by-external-id/crm/${item.external_ids[0]?.external_id}`, { email: item.email })
  })
  t.comment(`one by one ${(singly / 40).toFixed(2)} ms, in a batch ${(together / 200).toFixed(2)} ms for each lead`)
  t.ok(singly / 40 > 3 * (together / 200))
})
