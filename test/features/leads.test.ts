import t from 'tap'
import { encodeTypeId } from '../../src/domain/type-id.ts'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call } = service

const create = async (body: object) => {
  const answer = await call('POST', '/v1/leads', body)
  if (answer.statusCode > 201) throw new Error(answer.body)
  return answer.json()
}
const read = async (id: string) => (await call('GET', `/v1/leads/${id}`)).json()
const patch = (id: string, body: object, headers: Record<string, string> = {}) =>
  call('PATCH', `/v1/leads/${id}`, body, { headers })
/** Status, and code with place of every fault. */
const faults = (answer: {
  statusCode: number
  json(): { code: string; errors: { code: string; pointer: string }[] }
}) => {
  const { code, errors } = answer.json()
  return [answer.statusCode, code, ...errors.map((item) => `${item.code} ${item.pointer}`)]
}
const NOBODY = encodeTypeId('lead', '018f0000-0000-7000-8000-000000000000')

t.test('a lead reads back in the documented normal form', async (t) => {
  const lead = await create({
    email: '  Ada.Lovelace@EXAMPLE.org ',
    full_name: ' ada   LOVELACE ',
    phone: '030 901820',
    country: 'Germany',
    language: 'de_AT',
    time_zone: 'europe/vienna',
    website: 'Engines.Test',
    company_name: 'Analytical \u200bEngines',
    city: 'Mu\u0308nchen',
    tags: ['x', ' x ', 'y'],
    metadata: { a: '1', 'ключ 😀': ' as it is ' },
    custom_fields: { message: ' as it is ', interest: 'demo' },
    external_ids: [
      { system: 'crm', external_id: ' 1/ä ' },
      { system: 'crm', external_id: ' 1/ä ' },
    ],
    source_key: 'fair',
    status: 'working',
  })
  t.match(lead, {
    email: 'Ada.Lovelace@example.org',
    email_domain: 'example.org',
    full_name: 'ada LOVELACE',
    phone: '+4930901820',
    phone_raw: '030 901820',
    country: 'DE',
    language: 'de-AT',
    time_zone: 'Europe/Vienna',
    website: 'https://engines.test/',
    domain: 'engines.test',
    company_name: 'Analytical Engines',
    city: 'München',
    source_key: 'fair',
    campaign_key: null,
    status: 'working',
    stage_key: 'lead',
    archived: false,
    account: null,
    owner: null,
  })
  t.strictSame(lead.tags, ['x', 'y'])
  t.strictSame(lead.metadata, { a: '1', 'ключ 😀': ' as it is ' })
  t.strictSame(lead.custom_fields, { message: ' as it is ', interest: 'demo' })
  t.strictSame(lead.external_ids, [{ system: 'crm', external_id: ' 1/ä ' }])
  t.strictSame(await read(lead.id), lead)
})

t.test('a merge patch keeps what is absent, clears by null, replaces lists and merges maps', async (t) => {
  const lead = await create({
    email: 'patch@example.org',
    city: 'Bonn',
    region: 'NRW',
    tags: ['a', 'b'],
    metadata: { one: '1', two: '2' },
    custom_fields: { message: 'hello', interest: 'demo' },
  })
  const answer = await patch(lead.id, {
    city: null,
    region: '',
    tags: ['b', 'c', 'b'],
    metadata: { one: null, three: '3' },
    custom_fields: { message: null, interest: 'pricing' },
  })
  t.equal(answer.statusCode, 200)
  t.match(answer.json(), { email: 'patch@example.org', city: null, region: null, version: 2, etag: '"v2"' })
  t.strictSame(answer.json().tags, ['b', 'c'])
  t.strictSame(answer.json().metadata, { two: '2', three: '3' })
  t.strictSame(answer.json().custom_fields, { interest: 'pricing' })
  t.strictSame(await read(lead.id), answer.json())
  t.match((await patch(lead.id, { tags: [], external_ids: [] })).json(), { tags: [], version: 3 })
})

t.test('a patch that changes nothing is no change: neither version nor feed moves', async (t) => {
  const lead = await create({
    email: 'echo@example.org',
    full_name: 'Echo Nymph',
    phone: '+49 30 901821',
    metadata: { bb: '1', a: '2' },
    external_ids: [{ system: 'crm', external_id: 'echo' }],
    custom_fields: { message: 'x' },
  })
  const { next_cursor } = (await call('GET', '/v1/changes?cursor=latest')).json()
  const { email, first_name, last_name, full_name, phone, metadata, custom_fields, country, tags } = lead
  const echo = await patch(lead.id, {
    ...{ email, first_name, last_name, full_name, phone, metadata, custom_fields, country, tags },
    external_ids: [{ external_id: 'echo', system: 'crm' }],
  })
  t.strictSame(echo.json(), lead)
  t.strictSame((await call('GET', `/v1/changes?cursor=${next_cursor}`)).json().data, [])
  t.strictSame((await patch(lead.id, {})).json(), lead, 'an empty patch')
})

t.test('names are kept in step', async (t) => {
  const lead = await create({ full_name: 'Lovelace, Ada', email: 'names@example.org' })
  t.match(lead, { first_name: 'Ada', last_name: 'Lovelace', full_name: 'Ada Lovelace' })
  t.match((await patch(lead.id, { last_name: 'King' })).json(), { first_name: 'Ada', full_name: 'Ada King' })
  t.match((await patch(lead.id, { full_name: 'Augusta Byron' })).json(), { first_name: 'Augusta', last_name: 'Byron' })
  t.match((await patch(lead.id, { first_name: null })).json(), { first_name: null, full_name: 'Byron' })
})

t.test('what has no normal form is refused with its place, and nothing is written', async (t) => {
  const lead = await create({ email: 'bad@example.org' })
  const bad: [object, string[]][] = [
    [{ email: 'nope' }, ['not_one_address /email']],
    [{ email: 'a@b@c.test', phone: '12' }, ['not_one_address /email', 'country_needed /phone']],
    [{ country: 'Atlantis' }, ['unknown_country /country']],
    [{ language: 'german' }, ['invalid_language /language']],
    [{ time_zone: 'Mars/Olympus' }, ['unknown_time_zone /time_zone']],
    [{ time_zone: '+02:00' }, ['unknown_time_zone /time_zone']],
    [{ website: 'ftp://x.test' }, ['bad_scheme /website']],
    [{ status: 'dormant' }, ['invalid_value /status']],
    [{ tags: ['ok', ' \u200b '] }, ['blank /tags/1']],
    [{ tags: [''] }, ['too_short /tags/0']],
    [{ metadata: { '': 'x' } }, ['invalid_key /metadata']],
    [{ metadata: { ['k'.repeat(65)]: 'x' } }, ['invalid_key /metadata']],
    [{ metadata: { k: 5 } }, ['invalid_type /metadata/k']],
    [{ metadata: { k: 'x'.repeat(501) } }, ['too_long /metadata/k']],
    [{ custom_fields: { interest: 'nothing' } }, ['unknown_option /custom_fields/interest']],
    [{ custom_fields: { message: 5 } }, ['invalid_type /custom_fields/message']],
    [{ custom_fields: [] }, ['invalid_type /custom_fields']],
    [{ city: 'x'.repeat(501) }, ['too_long /city']],
    [{ city: 5 }, ['invalid_type /city']],
    [{ tags: 'x' }, ['invalid_type /tags']],
    [{ archived: 'yes' }, ['invalid_type /archived']],
    [{ external_ids: [{ system: 'CRM', external_id: '1' }] }, ['invalid_format /external_ids/0/system']],
    [{ external_ids: [{ system: 'crm' }] }, ['required /external_ids/0/external_id']],
    [{ source_key: 'Not A Slug' }, ['invalid_format /source_key']],
    [{ fisrt_name: 'x' }, ['unknown_field /fisrt_name']],
    [{ stage: 'customer' }, ['unknown_field /stage']],
    [{ account_id: 'acct_nope' }, ['invalid_format /account_id']],
  ]
  for (const [body, expected] of bad) {
    t.strictSame(
      faults(await patch(lead.id, body)),
      [400, 'validation_failed', ...expected],
      JSON.stringify(body).slice(0, 80),
    )
  }
  t.strictSame(await read(lead.id), lead)
  t.strictSame(faults(await call('POST', '/v1/leads', { tags: ['x'] })), [400, 'validation_failed', 'required '])
  t.strictSame(faults(await call('POST', '/v1/leads', { city: ' \u200b ' })), [400, 'validation_failed', 'required '])
  t.strictSame(faults(await call('POST', '/v1/leads', { email: 'x@y.test', on_duplicate: 'merge' })), [
    400,
    'validation_failed',
    'invalid_value /on_duplicate',
  ])
})

t.test('bytes that cannot be stored or kept exactly are refused before anything else', async (t) => {
  const raw = (payload: string) =>
    call('POST', '/v1/leads', undefined, { payload, headers: { 'content-type': 'application/json' } })
  for (const payload of [
    '{"city":"\\u0000"}',
    '{"city":"\\ud800"}',
    '{"metadata":{"\\u0000":"x"}}',
    '{"custom_fields":{"message":1e400}}',
    '{"custom_fields":{"message":9007199254740993}}',
    '{"city":"a","city":"b"}',
    '{"__proto__":{"city":"a"}}',
    `{"custom_fields":${'['.repeat(40)}${']'.repeat(40)}}`,
    '{"city":',
    '',
    '[]',
    'null',
    '"x"',
  ]) {
    t.equal((await raw(payload)).statusCode, 400, payload.slice(0, 60))
  }
  t.equal((await raw(`{"city":"${'x'.repeat(5_000_000)}"}`)).statusCode, 413)
})

t.test('collections have limits, also for what is there and what is added together', async (t) => {
  const tags = Array.from({ length: 100 }, (_, i) => `t${i}`)
  const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, 'x']))
  const lead = await create({ email: 'limits@example.org', tags, metadata })
  t.equal((await patch(lead.id, { tags: [...tags, 'more'] })).statusCode, 400)
  t.strictSame(faults(await patch(lead.id, { metadata: { more: 'x' } })), [422, 'unprocessable', 'too_many /metadata'])
  t.equal((await patch(lead.id, { metadata: { k0: null, more: 'x' } })).statusCode, 200, 'one goes, one comes')
  const ids = (from: number) =>
    Array.from({ length: 50 }, (_, i) => ({ system: 'crm', external_id: `limit-${from + i}` }))
  await create({ email: 'limits@example.org', external_ids: ids(0) })
  const fuller = await create({ email: 'limits@example.org', external_ids: ids(10), tags: ['even more'] })
  t.equal(fuller.external_ids.length, 50)
  t.equal(fuller.tags.length, 100)
})

t.test('If-Match lets one of two writers win', async (t) => {
  const lead = await create({ email: 'race@example.org' })
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => patch(lead.id, { city: `City ${i}` }, { 'if-match': lead.etag })),
  )
  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [200, ...Array(9).fill(412)])
  t.equal((await read(lead.id)).version, 2)
  const loser = answers.find(({ statusCode }) => statusCode === 412)
  t.equal(loser?.json().code, 'precondition_failed')
  t.equal((await patch(lead.id, { city: 'x' }, { 'if-match': '"v99"' })).statusCode, 412)
  t.equal((await patch(lead.id, { city: 'x' }, { 'if-match': 'W/"v2"' })).statusCode, 412)
  t.equal((await patch(lead.id, { city: 'x' }, { 'if-match': '*' })).statusCode, 200)
})

t.test('patches without a condition are all applied, one after the other', async (t) => {
  const lead = await create({ email: 'parallel@example.org' })
  const fields = ['city', 'region', 'street', 'job_title', 'company_name', 'postal_code']
  await Promise.all(fields.map((field) => patch(lead.id, { [field]: 'x' })))
  const now = await read(lead.id)
  t.equal(now.version, 7)
  for (const field of fields) t.equal(now[field], 'x')
})

t.test('an archived lead is hidden, readable, and comes back when it is restored or returns', async (t) => {
  const lead = await create({ email: 'gone@example.org' })
  const listed = async (query = '') =>
    (await call('GET', `/v1/leads?email=gone@example.org${query}`)).json().data.map(({ id }: { id: string }) => id)
  const { next_cursor } = (await call('GET', '/v1/changes?cursor=latest')).json()
  t.equal((await call('DELETE', `/v1/leads/${lead.id}`)).statusCode, 204)
  t.equal((await call('DELETE', `/v1/leads/${lead.id}`)).statusCode, 204, 'twice is fine')
  t.strictSame(await listed(), [])
  t.strictSame(await listed('&archived=true'), [lead.id])
  t.equal((await read(lead.id)).archived, true)
  t.match((await patch(lead.id, { archived: false, city: 'Bonn' })).json(), { archived: false, city: 'Bonn' })
  await call('DELETE', `/v1/leads/${lead.id}`)
  const back = await create({ email: 'GONE@example.org', city: 'London' })
  t.match(back, { id: lead.id, archived: false })
  const { data } = (await call('GET', `/v1/changes?cursor=${next_cursor}&types=lead.*`)).json()
  t.strictSame(
    data.map(({ type, data: { changed_fields } }: { type: string; data: { changed_fields: string[] } }) => [
      type,
      ...changed_fields,
    ]),
    [
      ['lead.archived', 'archived'],
      ['lead.updated', 'city'],
      ['lead.restored', 'archived'],
      ['lead.archived', 'archived'],
      ['lead.updated', 'city'],
      ['lead.restored', 'archived'],
    ],
  )
})

t.test('a second lead on purpose shares the e-mail, and inherits it when the first one gives it up', async (t) => {
  const first = await create({ email: 'shared@example.org', first_name: 'First' })
  const second = await create({ email: 'shared@example.org', first_name: 'Second', on_duplicate: 'create' })
  t.not(second.id, first.id)
  t.equal((await create({ email: 'shared@example.org' })).id, first.id, 'the first keeps it')
  await patch(first.id, { email: 'moved@example.org' })
  t.equal((await create({ email: 'Shared@example.org' })).id, second.id)
  t.equal((await create({ email: 'moved@example.org' })).id, first.id)
  const taken = await patch(first.id, { email: 'shared@example.org' })
  t.match([taken.statusCode, taken.json()], [409, { code: 'duplicate', existing_id: second.id }])
  const third = await create({ email: 'moved@example.org', first_name: 'Third', on_duplicate: 'create' })
  const apart = await patch(third.id, { email: 'apart@example.org' })
  t.match([apart.statusCode, apart.json()], [200, { email: 'apart@example.org' }], 'what it shared it may give up')
  t.equal((await create({ email: 'moved@example.org' })).id, first.id, 'and its first owner keeps it')
  const id = { system: 'crm', external_id: 'only-one' }
  await patch(first.id, { external_ids: [id] })
  const twice = await call('POST', '/v1/leads', { email: 'z@example.org', external_ids: [id], on_duplicate: 'create' })
  t.match([twice.statusCode, twice.json()], [409, { existing_id: first.id }], 'an external id is of one lead only')
})

t.test('an e-mail that is freed and taken by another is found where it is now', async (t) => {
  const a = await create({ email: 'a1@example.org' })
  const b = await create({ email: 'b1@example.org' })
  t.equal((await patch(a.id, { email: 'b1@example.org' })).statusCode, 409)
  await patch(b.id, { email: null, first_name: 'B' })
  t.equal((await patch(a.id, { email: 'b1@example.org' })).statusCode, 200)
  t.equal((await create({ email: 'b1@example.org' })).id, a.id)
  t.not((await create({ email: 'a1@example.org' })).id, a.id)
  t.equal((await call('GET', '/v1/leads?email=b1@example.org')).json().data[0].id, a.id)
})

t.test('on_duplicate decides about a known e-mail; the workspace decides when nobody does', async (t) => {
  const lead = await create({ email: 'known@example.org' })
  const refused = await call('POST', '/v1/leads', { email: 'known@example.org', on_duplicate: 'reject' })
  t.match([refused.statusCode, refused.json()], [409, { code: 'duplicate', existing_id: lead.id }])
  const { name } = (await call('GET', '/v1/settings/workspace')).json()
  const save = (dedupe_policy: string) =>
    call('PUT', '/v1/settings/workspace', { name, dedupe_policy }, { headers: { 'if-match': '*' } })
  const { etag } = (await call('GET', '/v1/settings/workspace')).json()
  const saved = await call(
    'PUT',
    '/v1/settings/workspace',
    { name, dedupe_policy: 'reject' },
    { headers: { 'if-match': etag } },
  )
  t.equal(saved.statusCode, 200, saved.body)
  t.equal((await call('POST', '/v1/leads', { email: 'known@example.org' })).statusCode, 409)
  t.equal((await call('POST', '/v1/leads', { email: 'known@example.org', on_duplicate: 'update' })).statusCode, 200)
  await save('update')
})

t.test('an external id of one lead and an e-mail of another contradict each other', async (t) => {
  const a = await create({ email: 'ca@example.org', external_ids: [{ system: 'crm', external_id: 'ca' }] })
  const b = await create({ email: 'cb@example.org' })
  const answer = await call('POST', '/v1/leads', {
    email: 'cb@example.org',
    external_ids: [{ system: 'crm', external_id: 'ca' }],
  })
  t.match([answer.statusCode, answer.json()], [409, { code: 'duplicate', existing_id: b.id }])
  t.strictSame(await read(a.id), a)
})

t.test('a lead belongs to an account of its own workspace only', async (t) => {
  const account = (await call('POST', '/v1/accounts', { name: 'Engines' })).json()
  const other = await service.makeWorkspace()
  const foreign = (
    await call('POST', '/v1/accounts', { name: 'Foreign' }, { headers: { authorization: `Bearer ${other.key}` } })
  ).json()
  const lead = await create({ email: 'member@example.org', account_id: account.id })
  t.equal(lead.account_id, account.id)
  t.strictSame(faults(await patch(lead.id, { account_id: foreign.id })), [
    422,
    'unprocessable',
    'unknown_account /account_id',
  ])
  t.strictSame(faults(await call('POST', '/v1/leads', { email: 'm2@example.org', account_id: foreign.id })), [
    422,
    'unprocessable',
    'unknown_account /account_id',
  ])
  const expanded = (await call('GET', `/v1/leads/${lead.id}?expand=account&expand=owner`)).json()
  t.match(expanded, { account: { id: account.id, name: 'Engines' }, owner: null, account_id: account.id })
  const members = (await call('GET', `/v1/leads?account_id=${account.id}&expand=account`)).json().data
  t.match(members, [{ id: lead.id, account: { name: 'Engines' } }])
  t.match((await patch(lead.id, { account_id: null })).json(), { account_id: null })
  t.equal((await call('GET', `/v1/leads/${lead.id}?expand=tags`)).statusCode, 400)
})

t.test('what is absent or belongs to another workspace is not there', async (t) => {
  const { key } = await service.makeWorkspace()
  const lead = await create({ email: 'mine@example.org' })
  const headers = { authorization: `Bearer ${key}` }
  for (const id of [NOBODY, lead.id]) {
    const more = id === lead.id ? { headers } : {}
    t.equal((await call('GET', `/v1/leads/${id}`, undefined, more)).statusCode, 404)
    t.equal((await call('PATCH', `/v1/leads/${id}`, { city: 'x' }, more)).statusCode, 404)
    t.equal((await call('DELETE', `/v1/leads/${id}`, undefined, more)).statusCode, 404)
  }
  t.strictSame((await call('GET', '/v1/leads', undefined, { headers })).json().data, [])
  for (const id of [
    'lead_',
    'lead_81k8r5x4q3e7vb2c9m6h0n1d5s',
    'acct_01k8r5x4q3e7vb2c9m6h0n1d5s',
    '%00',
    'x'.repeat(500),
  ])
    t.ok([400, 404, 414].includes((await call('GET', `/v1/leads/${id}`)).statusCode), id.slice(0, 40))
})

t.test('a list is counted up to a limit when it is asked for', async (t) => {
  const counted = (await call('GET', '/v1/leads?include_total=true&limit=1')).json()
  t.equal(counted.total.relation, 'eq')
  t.ok(counted.total.value > 10)
  t.equal((await call('GET', '/v1/leads?limit=1')).json().total, null)
  t.match((await call('GET', '/v1/leads?email=nobody@example.org&include_total=true')).json().total, {
    value: 0,
    relation: 'eq',
  })
})

t.test('the search box finds beginnings, whatever case and accents', async (t) => {
  const lead = await create({
    email: 'Search.Me@example.org',
    full_name: 'Ünal Müller-Größe',
    company_name: 'Çelik A.Ş.',
  })
  const found = async (q: string) =>
    (await call('GET', `/v1/leads?q=${encodeURIComponent(q)}`))
      .json()
      .data.some(({ id }: { id: string }) => id === lead.id)
  for (const q of ['search.me', 'SEARCH', 'unal m', 'Ünal', 'müller', 'muller-gro', 'MÜLLER-GRÖSSE', 'çel', 'celik a'])
    t.ok(await found(q), q)
  for (const q of ['earch', 'grosse', '%', '_', 's%', 'mullerx', '\u{10ffff}']) t.notOk(await found(q), q)
  await patch(lead.id, { full_name: 'Zoë Other', company_name: null })
  t.notOk(await found('müller'))
  t.notOk(await found('celik'))
  t.ok(await found('zoe o'))
  t.equal((await call('GET', '/v1/leads?q=%CC%81')).statusCode, 400, 'a lone accent')
  t.equal((await call('GET', '/v1/leads?q=')).statusCode, 400)
  t.equal((await call('GET', '/v1/leads?q=%00')).statusCode, 400)
})

t.test('pages of a search box go on where the last one ended', async (t) => {
  for (let i = 0; i < 5; i++) await create({ email: `pager${i}@example.org` })
  const seen: string[] = []
  let cursor = ''
  do {
    const page = (await call('GET', `/v1/leads?q=pager&limit=2&sort=created_at${cursor}`)).json()
    seen.push(...page.data.map(({ email }: { email: string }) => email))
    cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`
  } while (cursor !== '')
  t.strictSame(
    seen,
    [0, 1, 2, 3, 4].map((i) => `pager${i}@example.org`),
  )
})
