import t from 'tap'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call, ctx, drain } = service
const URL = '/v1/settings/custom-fields'

const read = async () => (await call('GET', URL)).json()
const save = async (body: object, headers?: Record<string, string>) =>
  await call('PUT', URL, body, { headers: headers ?? { 'if-match': (await read()).etag } })
/** Adds fields to those of leads. */
const define = async (...fields: object[]) => {
  const { lead, account } = await read()
  const answer = await save({ lead: [...lead, ...fields], account })
  if (answer.statusCode !== 200) throw new Error(answer.body)
}
/** Leaves fields of leads out. */
const without = async (keys: string[], more: object = {}) => {
  const { lead, account } = await read()
  return await save({ lead: lead.filter(({ key }: { key: string }) => !keys.includes(key)), account, ...more })
}
const create = async (custom_fields: object, email = `c${Math.trunc(performance.now() * 1000)}@example.org`) => {
  const answer = await call('POST', '/v1/leads', { email, custom_fields })
  if (answer.statusCode > 201) throw new Error(answer.body)
  return answer.json()
}
const faults = (answer: {
  statusCode: number
  json(): { code: string; errors: { code: string; pointer: string }[] }
}) => {
  const { code, errors } = answer.json()
  return [answer.statusCode, code, ...errors.map((item) => `${item.code} ${item.pointer}`)]
}
const allowUnknown = async (allow_unknown_custom_fields: boolean) => {
  const { name, etag } = (await call('GET', '/v1/settings/workspace')).json()
  const headers = { 'if-match': etag }
  const answer = await call('PUT', '/v1/settings/workspace', { name, allow_unknown_custom_fields }, { headers })
  if (answer.statusCode !== 200) throw new Error(answer.body)
}

t.test('a new installation knows the fields of its demo form', async (t) => {
  const { lead, account, version, etag } = await read()
  t.strictSame(
    lead.map(({ key, type }: { key: string; type: string }) => `${key} ${type}`),
    ['interest option', 'message text'],
  )
  t.strictSame([account, version, etag], [[], 1, '"v1"'])
  await call('POST', '/v1/public/forms/demo/submissions', {
    full_name: 'Demo Form',
    email: 'demo@example.org',
    interest: 'pricing',
    message: 'Hello',
  })
  await drain()
  const [made] = (await call('GET', '/v1/leads?email=demo@example.org')).json().data
  t.strictSame(made.custom_fields, { interest: 'pricing', message: 'Hello' })
})

t.test('another workspace begins without definitions', async (t) => {
  const { key } = await service.makeWorkspace()
  const headers = { authorization: `Bearer ${key}` }
  const first = (await call('GET', URL, undefined, { headers })).json()
  t.strictSame(first, { lead: [], account: [], version: 1, etag: '"v1"', updated_at: null })
  const body = { lead: [{ key: 'x', type: 'text' }], account: [] }
  const saved = await call('PUT', URL, body, { headers: { ...headers, 'if-match': first.etag } })
  t.match([saved.statusCode, saved.json()], [200, { version: 2, lead: [{ key: 'x', label: 'x', archived: false }] }])
})

t.test('the document is replaced under the condition of its version', async (t) => {
  const { lead, account, etag } = await read()
  t.equal((await save({ lead, account }, {})).statusCode, 428)
  t.equal((await save({ lead, account }, { 'if-match': '"v99"' })).statusCode, 412)
  t.equal((await save({ lead, account }, { 'if-none-match': '*' })).statusCode, 412)
  const same = await save({ lead, account }, { 'if-match': etag })
  t.match([same.statusCode, same.json().etag], [200, etag], 'the same document again changes nothing')
  const racing = await Promise.all(
    ['a', 'b', 'c', 'd'].map((key) =>
      save({ lead: [...lead, { key: `race_${key}`, type: 'text' }], account }, { 'if-match': etag }),
    ),
  )
  t.strictSame(racing.map(({ statusCode }) => statusCode).sort(), [200, 412, 412, 412])
  t.equal((await without(['race_a', 'race_b', 'race_c', 'race_d'])).statusCode, 200)
})

t.test('definitions that cannot be are refused with their places', async (t) => {
  const bad: [object, string[]][] = [
    [
      [
        { key: 'a', type: 'text' },
        { key: 'a', type: 'text' },
      ],
      ['duplicate_key /lead/1/key'],
    ],
    [[{ key: 'a', type: 'colour' }], ['invalid_value /lead/0/type']],
    [[{ key: 'a', type: 'option' }], ['required /lead/0/options']],
    [[{ key: 'a', type: 'text', options: [{ value: 'x' }] }], ['not_allowed /lead/0/options']],
    [[{ key: 'A', type: 'text' }], ['invalid_format /lead/0/key']],
    [[{ key: 'a-b', type: 'text' }], ['invalid_format /lead/0/key']],
    [[{ type: 'text' }], ['required /lead/0/key']],
    [[{ key: 'a', type: 'text', bogus: 1 }], ['unknown_field /lead/0/bogus']],
    [[{ key: 'a', type: 'option', options: [{ value: '' }] }], ['too_short /lead/0/options/0/value']],
    [Array.from({ length: 201 }, (_, i) => ({ key: `k${i}`, type: 'text' })), ['too_many_items /lead']],
    [{}, ['invalid_type /lead']],
  ]
  for (const [lead, expected] of bad)
    t.strictSame(faults(await save({ lead, account: [] })), [400, 'validation_failed', ...expected])
  t.equal((await save({ lead: [] })).statusCode, 400, 'the whole document')
  const key = await service.makeKey('restricted', { scopes: ['settings:read'] })
  const headers = { authorization: `Bearer ${key}`, 'if-match': '*' }
  t.equal((await call('PUT', URL, { lead: [], account: [] }, { headers })).statusCode, 403)
})

t.test('values are of the type of their field, and read back as they are stored', async (t) => {
  await define(
    { key: 'seats', type: 'integer' },
    { key: 'budget', type: 'number' },
    { key: 'signed', type: 'boolean' },
    { key: 'renews_on', type: 'date' },
    { key: 'met_at', type: 'timestamp' },
    { key: 'topics', type: 'options', options: [{ value: 'a' }, { value: 'b' }] },
    { key: 'constructor', type: 'text' },
  )
  const values = {
    seats: 9_007_199_254_740_991,
    budget: 0.1,
    signed: false,
    renews_on: '2024-02-29',
    met_at: '2024-05-01T12:00:00+02:00',
    topics: ['b', 'a', 'b'],
    constructor: '😀\n"quoted"',
  }
  const lead = await create(values)
  const stored = { ...values, met_at: '2024-05-01T10:00:00.000Z', topics: ['b', 'a'] }
  t.strictSame(lead.custom_fields, stored)
  t.strictSame((await call('GET', `/v1/leads/${lead.id}`)).json().custom_fields, stored)
  const echo = await call('PATCH', `/v1/leads/${lead.id}`, { custom_fields: lead.custom_fields })
  t.equal(echo.json().version, 1)
  const wrong = { seats: '5', budget: [], signed: 'true', renews_on: '29.02.2024', met_at: 0, topics: 'a' }
  t.strictSame(faults(await call('PATCH', `/v1/leads/${lead.id}`, { custom_fields: wrong })), [
    400,
    'validation_failed',
    'invalid_type /custom_fields/seats',
    'invalid_type /custom_fields/budget',
    'invalid_type /custom_fields/signed',
    'invalid_format /custom_fields/renews_on',
    'invalid_type /custom_fields/met_at',
    'invalid_type /custom_fields/topics',
  ])
  const blank = { custom_fields: { topics: [], constructor: '', seats: null } }
  const cleared = (await call('PATCH', `/v1/leads/${lead.id}`, blank)).json()
  t.notOk('topics' in cleared.custom_fields || Object.hasOwn(cleared.custom_fields, 'constructor'))
})

t.test('a key that nobody defined is refused or kept, as the workspace says', async (t) => {
  await allowUnknown(false)
  t.strictSame(faults(await call('POST', '/v1/leads', { email: 'u1@example.org', custom_fields: { nobody: 1 } })), [
    400,
    'validation_failed',
    'unknown_custom_field /custom_fields/nobody',
  ])
  await allowUnknown(true)
  const lead = await create({ nobody: { deep: [1, null, 'x'] } })
  t.strictSame(lead.custom_fields, { nobody: { deep: [1, null, 'x'] } })
  const order = { custom_fields: { nobody: { b: 1, aa: 2 } } }
  t.equal((await call('PATCH', `/v1/leads/${lead.id}`, order)).json().version, 2)
  t.equal(
    (await call('PATCH', `/v1/leads/${lead.id}`, order)).json().version,
    2,
    'an echo, whatever the order of members',
  )
  const many = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`k${i}`, i]))
  const more = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`m${i}`, i]))
  t.equal((await call('PATCH', `/v1/leads/${lead.id}`, { custom_fields: many })).statusCode, 200)
  t.equal((await call('PATCH', `/v1/leads/${lead.id}`, { custom_fields: more })).statusCode, 422)
  t.equal((await call('PATCH', `/v1/leads/${lead.id}`, { custom_fields: { 'Not-a-key': 1 } })).statusCode, 400)
  await allowUnknown(false)
  const forget = { custom_fields: { nobody: null, never: null } }
  t.equal((await call('PATCH', `/v1/leads/${lead.id}`, forget)).statusCode, 200, 'clearing is always allowed')
})

t.test('what a form sends becomes the type, or stays with the submission and is named', async (t) => {
  const fields = [
    { name: 'email', type: 'email', maps_to: 'email' },
    { name: 'seats', type: 'text', maps_to: 'custom_fields.seats' },
    { name: 'signed', type: 'boolean', maps_to: 'custom_fields.signed' },
    { name: 'topics', type: 'text', maps_to: 'custom_fields.topics' },
    { name: 'budget', type: 'text', maps_to: 'custom_fields.budget' },
    { name: 'nobody', type: 'text', maps_to: 'custom_fields.nobody_defined' },
  ]
  const save = () => call('PUT', '/v1/forms/typed', { title: 'Typed', fields }, { headers: { 'if-none-match': '*' } })
  const refused = await save()
  t.equal(refused.statusCode, 422)
  t.strictSame(faults(refused), [422, 'unprocessable', 'unknown_field /fields/5/maps_to'])
  await allowUnknown(true)
  const put = await save()
  t.equal(put.statusCode, 201, put.body)
  await allowUnknown(false)
  const sent = { email: 'typed@example.org', seats: ' 12 ', signed: 'on', topics: 'B', budget: '1,000', nobody: 'x' }
  const { submission_id } = (await call('POST', '/v1/public/forms/typed/submissions', sent)).json()
  await drain()
  const [lead] = (await call('GET', '/v1/leads?email=typed@example.org')).json().data
  t.strictSame(lead.custom_fields, { seats: 12, signed: true, topics: ['b'] })
  const submission = (await call('GET', `/v1/form-submissions/${submission_id}`)).json()
  t.strictSame(submission.fields, sent, 'nothing is lost')
  t.strictSame(submission.reasons.toSorted(), [
    'custom_fields.budget: invalid_type',
    'custom_fields.nobody_defined: unknown_custom_field',
  ])
})

t.test('a field that values need stays, unless it is said what becomes of them', async (t) => {
  await define({ key: 'colour', type: 'text' }, { key: 'color', type: 'text' }, { key: 'size', type: 'integer' })
  t.equal((await without(['size'])).statusCode, 200, 'nobody uses it')
  const [red, both] = [await create({ colour: 'red' }), await create({ colour: 'red', color: 'blue' })]
  t.strictSame(faults(await without(['colour'])), [409, 'in_use', 'in_use /lead'])
  t.equal(
    (await read()).lead.some(({ key }: { key: string }) => key === 'colour'),
    true,
  )
  const to = (replace_with: string | null) => ({
    replacements: [{ object: 'lead', key: 'colour', replace_with }],
  })
  t.equal((await without(['colour'], to('nobody_defined'))).statusCode, 409)
  t.equal((await without(['colour'], to('seats'))).statusCode, 409, 'a text is no number')
  const { next_cursor } = (await call('GET', '/v1/changes?cursor=latest')).json()
  t.equal((await without(['colour'], to('color'))).statusCode, 200)
  const values = async (id: string) => (await call('GET', `/v1/leads/${id}`)).json().custom_fields
  t.strictSame(await values(red.id), { color: 'red' })
  t.strictSame(await values(both.id), { color: 'blue' }, 'what the target has already is the newer word')
  const { data } = (await call('GET', `/v1/changes?cursor=${next_cursor}`)).json()
  t.strictSame(data.map(({ type }: { type: string }) => type).toSorted(), [
    'custom_fields.updated',
    'lead.updated',
    'lead.updated',
  ])
  const dropped = await without(['color'], { replacements: [{ object: 'lead', key: 'color', replace_with: null }] })
  t.equal(dropped.statusCode, 200)
  t.strictSame(await values(red.id), {})
})

t.test('another type is another field', async (t) => {
  await define({ key: 'level', type: 'text' })
  const lead = await create({ level: '3' })
  const retype = async () => {
    const now = await read()
    const fields = now.lead.map((field: { key: string }) =>
      field.key === 'level' ? { ...field, type: 'integer' } : field,
    )
    return await save({ lead: fields, account: now.account })
  }
  t.equal((await retype()).statusCode, 409)
  await call('PATCH', `/v1/leads/${lead.id}`, { custom_fields: { level: null } })
  t.equal((await retype()).statusCode, 200)
})

t.test('an option that values need stays, unless another takes them', async (t) => {
  await define({ key: 'plan', type: 'options', options: [{ value: 'gold' }, { value: 'silver' }, { value: 'bronze' }] })
  const lead = await create({ plan: ['gold', 'silver'] })
  const keep = async (values: string[], replacements: object[] = []) => {
    const now = await read()
    const fields = now.lead.map((field: { key: string }) =>
      field.key === 'plan' ? { ...field, options: values.map((value) => ({ value })) } : field,
    )
    return await save({ lead: fields, account: now.account, replacements })
  }
  t.equal((await keep(['gold', 'silver'])).statusCode, 200, 'nobody has bronze')
  t.equal((await keep(['silver'])).statusCode, 409)
  const merged = await keep(['silver'], [{ object: 'lead', key: 'plan', option: 'gold', replace_with: 'silver' }])
  t.equal(merged.statusCode, 200, merged.body)
  t.strictSame((await call('GET', `/v1/leads/${lead.id}`)).json().custom_fields, { plan: ['silver'] })
})

t.test('a field that a form writes stays until the form is changed', async (t) => {
  const answer = await without(['message'], { replacements: [{ object: 'lead', key: 'message', replace_with: null }] })
  t.equal(answer.statusCode, 409)
  t.match(answer.json().errors[0].detail, /demo/)
})

t.test('accounts have fields of their own, under the same rules', async (t) => {
  const now = await read()
  const account = [
    { key: 'segment', type: 'option', options: [{ value: 'small' }, { value: 'big' }] },
    { key: 'tier', type: 'text' },
  ]
  t.equal((await save({ lead: now.lead, account })).statusCode, 200)
  const made = await call('POST', '/v1/accounts', { name: 'Fields', custom_fields: { segment: 'small' } })
  t.strictSame(made.json().custom_fields, { segment: 'small' })
  const wrong = await call('PATCH', `/v1/accounts/${made.json().id}`, { custom_fields: { segment: 'tiny', seats: 1 } })
  t.strictSame(faults(wrong), [
    400,
    'validation_failed',
    'unknown_option /custom_fields/segment',
    'unknown_custom_field /custom_fields/seats',
  ])
  const { lead } = await read()
  t.equal((await save({ lead, account: account.slice(1) })).statusCode, 409)
  const moved = await save({
    lead,
    account: account.slice(1),
    replacements: [{ object: 'account', key: 'segment', replace_with: 'tier' }],
  })
  t.equal(moved.statusCode, 200, moved.body)
  t.strictSame((await call('GET', `/v1/accounts/${made.json().id}`)).json().custom_fields, { tier: 'small' })
})

t.test('a change of definitions is in the feed and in the audit log', async (t) => {
  const { next_cursor } = (await call('GET', '/v1/changes?cursor=latest')).json()
  await define({ key: 'audited', type: 'text' })
  const { data } = (await call('GET', `/v1/changes?cursor=${next_cursor}`)).json()
  t.match(data, [{ type: 'custom_fields.updated', object: 'custom_fields', data: { changed_fields: ['lead'] } }])
  const audit = (await call('GET', '/v1/audit-log?action=custom_fields.updated&limit=1')).json()
  t.match(audit.data, [{ action: 'custom_fields.updated' }])
})

t.test('values of more records than one request may move are left alone', async (t) => {
  await define({ key: 'crowded', type: 'text' })
  await ctx.db.pool.query(
    `INSERT INTO leads (workspace_id, id, stage_key, status, tags, custom_fields, metadata, external_ids, archived, version, created_at, updated_at)
     SELECT $1, gen_random_uuid(), 'lead', 'new', '{}', '{"crowded":"x"}', '{}', '[]', false, 1, now(), now() FROM generate_series(1, 2001)`,
    [service.workspaceId],
  )
  const answer = await without(['crowded'], { replacements: [{ object: 'lead', key: 'crowded', replace_with: null }] })
  t.equal(answer.statusCode, 409)
  t.match(answer.json().errors[0].detail, /2000/)
})
