import t from 'tap'
import type { LifecyclePolicy } from '../../src/domain/lifecycle/lifecycle-policy.ts'
import { rowsOf } from '../helpers/rows.ts'
import { type TestService, testService } from '../helpers/service.ts'

const PATH = '/v1/settings/lifecycle'
const DAY = 86_400_000

async function makeLead({ call }: TestService, fields: object = {}): Promise<string> {
  const answer = await call('POST', '/v1/leads', { email: `lead-${Math.random()}@lifecycle.test`, ...fields })
  return answer.json().id
}

const stageOf = async ({ call }: TestService, id: string): Promise<string> =>
  (await call('GET', `/v1/leads/${id}`)).json().stage_key

/** Publishes the built-in lifecycle with some members changed; its gates about scores are left out. */
async function publish({ call, drain }: TestService, more: Partial<LifecyclePolicy> = {}): Promise<void> {
  const { published, etag } = (await call('GET', PATH)).json()
  const transitions = published.definition.transitions.filter(
    (one: { key: string }) => one.key !== 'qualify_for_marketing',
  )
  const saved = await call(
    'PUT',
    PATH,
    { ...published.definition, transitions, ...more },
    { headers: { 'if-match': etag } },
  )
  if (saved.statusCode !== 200) throw new Error(saved.body)
  const done = await call('POST', `${PATH}/publish`)
  if (done.statusCode !== 200) throw new Error(done.body)
  await drain()
}

const gate = (field: string, value: string) => ({ any: [{ all: [{ field, op: 'eq' as const, value }] }] })
const automatic = (key: string, from: string[], to: string, more: object = {}) => ({
  ...{ key, from, to, by: ['automatic' as const], gate: null, framework: null, framework_needs: 'qualified' as const },
  ...{ criteria: [], reason_required: false, ...more },
})

t.test('a new workspace has a lifecycle that can be read, changed, compared and published', async (t) => {
  const service = await testService(t)
  const { call } = service
  const first = (await call('GET', PATH)).json()
  t.match(first, { key: 'default', draft: null, published: { version: 1, state: 'published', created_by: 'system' } })
  t.match((await call('GET', PATH)).json(), first, 'and it stays the same')
  t.match((await call('POST', `${PATH}/publish`)).json(), { code: 'conflict' })
  await publish(service, { title: 'Ours' })
  const diff = (await call('GET', `${PATH}/diff?from=1&to=2`)).json()
  t.ok(diff.data.some((one: { path: string }) => one.path === '/title'))
  const versions = (await call('GET', `${PATH}/versions`)).json().data
  t.strictSame(
    versions.map(({ version, state }: { version: number; state: string }) => `${version} ${state}`),
    ['2 published', '1 retired'],
  )
})

t.test('several readers at once make one built-in lifecycle', async (t) => {
  const service = await testService(t)
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => service.call('GET', PATH)))
  t.strictSame([...new Set(answers.map(({ statusCode }) => statusCode))], [200])
  t.equal((await rowsOf(service, 'policies', "kind = 'lifecycle'")).length, 1)
})

t.test('a faulty lifecycle is refused with the place of each fault', async (t) => {
  const { call } = await testService(t)
  const { published, etag } = (await call('GET', PATH)).json()
  const put = (body: object) => call('PUT', PATH, body, { headers: { 'if-match': etag } })
  const faulty = await put({
    ...published.definition,
    transitions: [automatic('x', ['lead'], 'gone')],
    accept_stage: 'nope',
  })
  t.equal(faulty.statusCode, 400)
  t.strictSame(
    faulty.json().errors.map(({ pointer, code }: { pointer: string; code: string }) => `${code} ${pointer}`),
    ['unknown_stage /accept_stage', 'unknown_stage /transitions/0/to'],
  )
  t.equal((await put({ ...published.definition, stages: [{ key: 'A B' }] })).statusCode, 400)
  t.equal((await call('PUT', PATH, { ...published.definition, transitions: [] })).statusCode, 428)
})

t.test('an open gate promotes a lead, with history, receipt, timeline and changes', async (t) => {
  const service = await testService(t)
  const { call, drain, setNow } = service
  const gated = automatic('qualify', ['lead'], 'mql', { gate: gate('country', 'DE') })
  await publish(service, { transitions: [gated] })
  setNow(new Date('2026-03-01T10:00:00.000Z'))
  const [id, other] = [await makeLead(service), await makeLead(service, { country: 'AT' })]
  await drain()
  t.equal(await stageOf(service, id), 'lead')
  setNow(new Date('2026-03-01T11:30:00.000Z'))
  await call('PATCH', `/v1/leads/${id}`, { country: 'DE' })
  await drain()
  t.equal(await stageOf(service, id), 'mql')
  t.equal(await stageOf(service, other), 'lead')
  const stays = (await call('GET', `/v1/leads/${id}/stages`)).json().data
  t.match(stays, [
    { position: 0, stage_key: 'lead', duration_seconds: 5_400, left_at: '2026-03-01T11:30:00.000Z' },
    { position: 1, stage_key: 'mql', from_stage: 'lead', moved_by: 'automatic', actor: 'system', left_at: null },
  ])
  const receipt = (await call('GET', `/v1/receipts/${stays[1].receipt_id}`)).json()
  t.match(receipt, {
    kind: 'stage',
    policy: 'lifecycle:default@2',
    inputs: { from: 'lead', by: 'automatic', seen: { country: 'DE' } },
    outcome: { to: 'mql', transition: 'qualify' },
  })
  t.ok(JSON.stringify(receipt).length < 700)
  const changes = (await call('GET', '/v1/changes?types=lead.stage_changed&types=lead.qualified')).json().data
  t.match(changes, [
    {
      type: 'lead.stage_changed',
      object_id: id,
      data: { lead: { stage_key: 'mql' }, previous: { stage_key: 'lead' } },
    },
    { type: 'lead.qualified', object_id: id, data: { lead: { id, stage_key: 'mql' } } },
  ])
  t.equal(changes.length, 2)
  t.match((await call('GET', `/v1/leads/${id}/timeline`)).json().data[0], {
    type: 'stage_changed',
    data: { to: 'mql' },
  })
})

t.test('a lead runs through several open gates at once and comes to no stage twice', async (t) => {
  const service = await testService(t)
  const circle = [automatic('a', ['lead'], 'recycled'), automatic('b', ['recycled'], 'lead')]
  await publish(service, { transitions: circle, cool_down_seconds: 3_600 })
  const id = await makeLead(service)
  await service.drain()
  t.equal(await stageOf(service, id), 'recycled')
  await publish(service, {
    transitions: [automatic('a', ['lead'], 'mql'), automatic('b', ['mql'], 'sql')],
    cool_down_seconds: 0,
  })
  const quick = await makeLead(service)
  await service.drain()
  const stays = (await service.call('GET', `/v1/leads/${quick}/stages?limit=2`)).json()
  t.strictSame(
    stays.data.map((one: { stage_key: string }) => one.stage_key),
    ['lead', 'mql'],
  )
  const rest = (await service.call('GET', `/v1/leads/${quick}/stages?limit=2&cursor=${stays.next_cursor}`)).json()
  t.strictSame(
    rest.data.map((one: { stage_key: string }) => one.stage_key),
    ['sql'],
  )
  t.notOk(rest.has_more)
})

t.test('a program moves a lead as the lifecycle allows, and is told everything that stands in the way', async (t) => {
  const service = await testService(t)
  const { call } = service
  await publish(service)
  const id = await makeLead(service)
  const moved = await call('PATCH', `/v1/leads/${id}`, { stage_key: 'sql', city: 'Kiel' })
  t.match(moved.json(), { stage_key: 'sql', city: 'Kiel' })
  t.equal(moved.json().etag, moved.headers['etag'])
  t.equal((await call('PATCH', `/v1/leads/${id}`, { stage_key: 'sql' })).statusCode, 200, 'the same again is nothing')
  const back = await call('PATCH', `/v1/leads/${id}`, { stage_key: 'lead', city: 'Bonn' })
  t.equal(back.statusCode, 422)
  t.match(back.json(), { code: 'invalid_transition', errors: [{ code: 'goes_backwards', pointer: '/stage_key' }] })
  t.match((await call('GET', `/v1/leads/${id}`)).json(), { stage_key: 'sql', city: 'Kiel' }, 'nothing was half written')
  const out = await call('PATCH', `/v1/leads/${id}`, { stage_key: 'disqualified' })
  t.match(out.json().errors, [{ code: 'reason_required', pointer: '/stage_reason' }])
  const wrong = await call('PATCH', `/v1/leads/${id}`, { stage_key: 'disqualified', stage_reason: 'mood' })
  t.match(wrong.json().errors, [{ code: 'unknown_reason', pointer: '/stage_reason' }])
  const nowhere = await call('PATCH', `/v1/leads/${id}`, { stage_key: 'nowhere' })
  t.match(nowhere.json().errors, [{ code: 'unknown_stage' }])
  const done = await call('PATCH', `/v1/leads/${id}`, { stage_key: 'disqualified', stage_reason: 'not_a_fit' })
  t.equal(done.json().stage_key, 'disqualified')
  t.equal((await call('PATCH', `/v1/leads/${id}`, { stage_key: null })).statusCode, 400)
  const upserted = await call('PATCH', '/v1/leads/by-external-id/crm/7', { full_name: 'Ada', stage_key: 'opportunity' })
  t.match(upserted.json(), { stage_key: 'opportunity' })
  t.equal(upserted.statusCode, 201)
})

t.test('a lead may be made in a later stage, alone or in a batch, under the same rules', async (t) => {
  const service = await testService(t)
  const { call } = service
  await publish(service)
  const made = await call('POST', '/v1/leads', { email: 'made@lifecycle.test', stage_key: 'sql' })
  t.equal(made.statusCode, 201, made.body)
  const { id, stage_key, etag } = made.json()
  t.equal(stage_key, 'sql')
  t.equal(etag, made.headers['etag'])
  const stays = (await call('GET', `/v1/leads/${id}/stages`)).json().data
  t.match(stays.at(-1), { stage_key: 'sql', from_stage: 'lead', moved_by: 'key' })
  t.match((await call('GET', `/v1/receipts/${stays.at(-1).receipt_id}`)).json(), { kind: 'stage', lead_id: id })
  const known = await call('POST', '/v1/leads', { email: 'made@lifecycle.test', city: 'Kiel', stage_key: 'lead' })
  t.match(known.json(), { status: 422, code: 'invalid_transition', errors: [{ pointer: '/stage_key' }] })
  t.match((await call('GET', `/v1/leads/${id}`)).json(), { stage_key: 'sql', city: null }, 'nothing was half written')
  const nobody = await call('POST', '/v1/leads', { email: 'no@lifecycle.test', stage_key: 'nowhere' })
  t.equal(nobody.statusCode, 422)
  t.strictSame((await call('GET', '/v1/leads?email=no@lifecycle.test')).json().data, [])

  const batch = async (items: object[], more: object = {}) =>
    (await call('POST', '/v1/leads/batch/upsert', { items, ...more })).json()
  const items = [
    { email: 'b0@lifecycle.test', stage_key: 'mql' },
    { email: 'b1@lifecycle.test', stage_key: 'disqualified' },
    { id, stage_key: 'opportunity' },
    { email: 'b3@lifecycle.test', stage_key: 'disqualified', stage_reason: 'not_a_fit' },
    { email: 'b4@lifecycle.test' },
    { email: 'b5@lifecycle.test', stage_key: 'lead' },
    { email: 'b6@lifecycle.test', stage_key: 'Not a key' },
    { email: 'b7@lifecycle.test', stage_key: 'nowhere' },
  ]
  const atomic = await batch(items.slice(0, 3), { atomic: true })
  t.match(atomic.results, [
    { outcome: 'failed', error: { code: 'batch_aborted' } },
    { outcome: 'failed', error: { code: 'invalid_transition' } },
    { outcome: 'failed', error: { code: 'batch_aborted' } },
  ])
  t.equal((await call('GET', `/v1/leads/${id}`)).json().stage_key, 'sql', 'all or nothing')
  const { results } = await batch(items)
  t.match(results, [
    { outcome: 'created' },
    { outcome: 'failed', status: 422, error: { errors: [{ code: 'reason_required', pointer: '/stage_reason' }] } },
    { outcome: 'updated', id },
    { outcome: 'created' },
    { outcome: 'created' },
    { outcome: 'created' },
    { outcome: 'failed', status: 400 },
    { outcome: 'failed', status: 422, error: { code: 'invalid_transition' } },
  ])
  const stages = await Promise.all([0, 2, 3, 4, 5].map((i) => stageOf(service, results[i].id)))
  t.strictSame(stages, ['mql', 'opportunity', 'disqualified', 'lead', 'lead'])
  t.strictSame((await call('GET', '/v1/leads?email=b1@lifecycle.test')).json().data, [])
  const moves = await rowsOf(service, 'lead_stage_history', 'true')
  t.equal(moves.length, 4, 'one for each lead that moved, none for what was tried')
  t.match((await batch([items[0] ?? {}])).results, [{ outcome: 'unchanged' }], 'the same again is nothing')
})

t.test('sales accept, reject and recycle; a recycled lead wakes up at its moment', async (t) => {
  const service = await testService(t)
  const { call, drain, setNow } = service
  await publish(service)
  const start = Date.parse('2030-01-01T00:00:00.000Z')
  setNow(new Date(start))
  const [taken, thrown, later] = [await makeLead(service), await makeLead(service), await makeLead(service)]
  t.match((await call('POST', `/v1/leads/${taken}/accept`, {})).json(), { stage_key: 'sal', changed: true })
  t.match((await call('POST', `/v1/leads/${taken}/accept`, {})).json(), { stage_key: 'sal', changed: false })
  const rejected = await call('POST', `/v1/leads/${thrown}/reject`, { reason: 'not_a_fit', note: 'a student' })
  t.match(rejected.json(), { stage_key: 'disqualified' })
  t.match((await call('GET', `/v1/leads/${thrown}/stages`)).json().data[1], {
    ...{ moved_by: 'sales', reason: 'not_a_fit', note: 'a student' },
  })
  t.match((await call('POST', `/v1/leads/${thrown}/reject`, { reason: 'mood' })).json().errors, [
    { code: 'unknown_reason', pointer: '/reason' },
  ])
  t.match((await call('POST', `/v1/leads/${later}/recycle`, { reason: 'not_now' })).json(), { stage_key: 'recycled' })
  const wake = (await call('GET', `/v1/leads/${later}/lifecycle`)).json()
  t.equal(wake.wake_at, new Date(start + 90 * DAY).toISOString())
  await drain()
  t.equal(await stageOf(service, later), 'recycled')
  const [work] = await rowsOf(service, 'lead_work', `due_at > '2030-01-02'`)
  t.equal(Date.parse(String(work?.['due_at'])), start + 90 * DAY + 1, 'it will be judged just then')
  const again = async (body: object) =>
    (await call('POST', `/v1/leads/${later}/recycle`, { reason: 'not_now', ...body })).json()
  t.match(await again({}), { stage_key: 'recycled', changed: false })
  const date = new Date(start + 120 * DAY).toISOString()
  t.match(await again({ wake_at: date }), { stage_key: 'recycled', changed: true }, 'it is put off')
  t.match(await again({ wake_at: date }), { changed: false })
  t.match((await call('GET', `/v1/leads/${later}/lifecycle`)).json(), { wake_at: date, reason: 'not_now' })
  const stays = (await call('GET', `/v1/leads/${later}/stages`)).json().data
  t.strictSame(
    stays.map((stay: { stage_key: string }) => stay.stage_key),
    ['lead', 'recycled', 'recycled'],
  )
  await drain()
  setNow(new Date(start + 90 * DAY + 1))
  await drain()
  t.equal(await stageOf(service, later), 'recycled', 'the first date is past and counts no more')
  setNow(new Date(start + 120 * DAY + 1))
  await drain()
  t.equal(await stageOf(service, later), 'lead')
  const past = await call('POST', `/v1/leads/${later}/recycle`, { reason: 'not_now', wake_at: '2020-01-01T00:00:00Z' })
  t.match(past.json().errors, [{ pointer: '/wake_at' }])
  t.equal((await call('POST', `/v1/leads/lead_01k8r5x4q3e7vb2c9m6h0n1d5s/accept`, {})).statusCode, 404)
})

t.test(
  'qualification: answers with evidence open the gate of their framework, and close when they expire',
  async (t) => {
    const service = await testService(t)
    const { call, drain, setNow } = service
    await publish(service)
    const start = Date.parse('2030-01-01T00:00:00.000Z')
    setNow(new Date(start))
    const id = await makeLead(service)
    const path = `/v1/leads/${id}/qualification`
    t.match((await call('GET', path)).json(), {
      answers: [],
      verdicts: [{ framework: 'bant', score: 0 }],
      etag: '"v1"',
    })
    const met = ['authority', 'need', 'timeline'].map((criterion) => ({ criterion, status: 'met' }))
    const budget = {
      criterion: 'budget',
      status: 'met',
      value: '20k',
      evidence: 'said on the phone',
      confidence: 0.9,
      source: 'call',
    }
    const half = await call('PATCH', path, { answers: met.slice(0, 2) })
    t.match(half.json().verdicts[0], { framework: 'bant', complete: false, score: 50, missing: ['budget', 'timeline'] })
    const stale = await call('PATCH', path, { answers: met }, { headers: { 'if-match': '"v1"' } })
    t.equal(stale.statusCode, 412)
    const ends = new Date(start + DAY).toISOString()
    const full = await call('PATCH', path, { answers: [...met, { ...budget, expires_at: ends }] })
    t.match(full.json(), { verdicts: [{ complete: true, qualified: true, score: 100 }], next_change_at: ends })
    const machine = { criterion: 'budget', status: 'not_met', by: 'machine', source: 'enrichment:x' }
    t.match((await call('PATCH', path, { answers: [machine] })).json(), { kept: ['budget'] })
    const twice = await call('PATCH', path, { answers: [budget, { ...budget, status: 'not_met' }] })
    t.match([twice.statusCode, twice.json().errors], [400, [{ code: 'duplicate', pointer: '/answers/1/criterion' }]])
    const unknown = await call('PATCH', path, { answers: [{ criterion: 'luck', status: 'met' }] })
    t.match(unknown.json().errors, [{ code: 'unknown_criterion', pointer: '/answers/0/criterion' }])
    await drain()
    t.equal(await stageOf(service, id), 'sql', 'BANT qualifies for sales')
    const find = async () =>
      (
        await call('POST', '/v1/leads/search', {
          filter: { any: [{ all: [{ field: 'qualification.bant.qualified', op: 'eq', value: 'true' }] }] },
        })
      ).json().data.length
    t.equal(await find(), 1)
    setNow(new Date(start + DAY))
    t.match((await call('GET', path)).json().answers[1], { criterion: 'budget', status: 'met', counts_as: 'expired' })
    await drain()
    t.equal(await find(), 0, 'the end of the answer was due work')
    const back = await call('PATCH', path, { answers: [{ criterion: 'need', status: 'unknown' }] })
    t.notOk(back.json().answers.some((one: { criterion: string }) => one.criterion === 'need'))
    const changes = (await call('GET', '/v1/changes?types=lead.qualification_changed')).json().data
    t.match(changes[0].data, { lead: { id }, changed_fields: ['qualification'], qualification: { need: 'met' } })
    t.equal(changes.length, 3)
  },
)

t.test('where a lead can go is told with what stands in the way', async (t) => {
  const service = await testService(t)
  const { call } = service
  await publish(service, { transitions: [automatic('qualify', ['lead'], 'mql', { gate: gate('country', 'DE') })] })
  const id = await makeLead(service, { country: 'AT' })
  t.match((await call('GET', `/v1/leads/${id}/lifecycle`)).json(), {
    stage_key: 'lead',
    transitions: [
      {
        ...{ transition: 'qualify', to: 'mql', open: false, obstacles: ['gate_closed'] },
        gate: { matches: false, groups: [{ terms: [{ field: 'country', matches: false, saw: 'AT' }] }] },
      },
    ],
  })
  const explained = await call('POST', `/v1/leads/${id}/explain`, { filter: gate('account.name', 'Acme') })
  t.match(explained.json(), { matches: false, groups: [{ terms: [{ field: 'account.name', saw: null }] }] })
  const faulty = await call('POST', `/v1/leads/${id}/explain`, { filter: gate('nope', 'x') })
  t.match(faulty.json(), { code: 'invalid_filter', errors: [{ pointer: '/filter/any/0/all/0/field' }] })
})

t.test('a simulation tells who would move under the draft, and moves nobody', async (t) => {
  const service = await testService(t)
  const { call, drain } = service
  await publish(service, { transitions: [] })
  const ids = await Promise.all(['DE', 'DE', 'AT'].map((country) => makeLead(service, { country })))
  const { published, etag } = (await call('GET', PATH)).json()
  const transitions = [automatic('qualify', ['lead'], 'mql', { gate: gate('country', 'DE') })]
  await call('PUT', PATH, { ...published.definition, transitions }, { headers: { 'if-match': etag } })
  const asked = await call('POST', `${PATH}/simulations`, {})
  t.equal(asked.statusCode, 202)
  await drain()
  const { status, result } = (await call('GET', String(asked.headers['location']))).json()
  t.equal(status, 'succeeded')
  t.match(result, {
    leads: 3,
    changed: 2,
    moves: [{ from: 'lead', to: 'mql', count: 2, sample: ids.slice(0, 2).sort() }],
  })
  for (const id of ids) t.equal(await stageOf(service, id), 'lead')
  t.equal((await rowsOf(service, 'lead_stage_history')).length, 0)
  await call('POST', `${PATH}/publish`)
  await drain()
  t.strictSame(await Promise.all(ids.map((id) => stageOf(service, id))), ['mql', 'mql', 'lead'], 'and so it came')
})

t.test('a stage that leads are in cannot be left out', async (t) => {
  const service = await testService(t)
  const { call } = service
  const { published, etag } = (await call('GET', PATH)).json()
  await makeLead(service)
  const stages = [{ key: 'contact' }, { key: 'recycled', kind: 'exit' }]
  const draft = {
    title: 'T',
    initial_stage: 'contact',
    accept_stage: 'contact',
    recycle_stage: 'recycled',
    stages,
    transitions: [],
  }
  t.equal((await call('PUT', PATH, draft, { headers: { 'if-match': etag } })).statusCode, 200)
  t.match((await call('POST', `${PATH}/publish`)).json(), { code: 'in_use', status: 409 })
  t.equal((await call('GET', PATH)).json().published.version, published.version)
})

t.test('a refused move tells what can be done instead', async (t) => {
  const service = await testService(t)
  const { call } = service
  await publish(service, {
    reasons: [
      { key: 'no_budget', label: 'No budget', to: null, wake_after_days: null },
      { key: 'timing', label: 'Timing', to: null, wake_after_days: null },
    ],
    transitions: [
      automatic('nurture', ['lead'], 'recycled', { by: ['key'], reason_required: true }),
      automatic('win', ['lead'], 'mql', { by: ['key'], gate: gate('country', 'DE') }),
    ],
  })
  const id = await makeLead(service)
  const said = async (body: object) => (await call('PATCH', `/v1/leads/${id}`, body)).json().detail as string
  t.match(await said({ stage_key: 'nowhere' }), /no such stage[.] Its stages: subscriber, lead, mql, /)
  t.match(await said({ stage_key: 'customer' }), /no transition .*[.] From "lead" there are: recycled, mql[.]$/)
  t.match(await said({ stage_key: 'recycled' }), /needs a reason[.] Its reasons: no_budget, timing[.]$/)
  t.match(
    await said({ stage_key: 'recycled', stage_reason: 'x' }),
    /no such reason[.] Its reasons: no_budget, timing[.]$/,
  )
  t.match(await said({ stage_key: 'mql' }), /lifecycle explains it[.]$/)
  await call('PATCH', `/v1/leads/${id}`, { country: 'DE', stage_key: 'mql' })
  t.match(await said({ stage_key: 'lead' }), /Nothing leads on from "mql"[.]$/)
})
