// Providers as data, against a provider that is no friend: what is asked, what is written, what it costs, and that nothing
// in an answer can do more than fill a field.
import t from 'tap'
import { withWorkspace } from '../../src/db/client.ts'
import { dueWork } from '../../src/jobs.ts'
import { prepareCall } from '../../src/pipeline/enrich/prepare-call.ts'
import { claimRuns } from '../../src/pipeline/enrich/run-queries.ts'
import { json, providerServer } from '../helpers/provider-server.ts'
import { testService } from '../helpers/service.ts'
import { asWorkers } from '../helpers/worker.ts'

const provider = await providerServer(t)
const canary = await providerServer(t)
const service = await testService(t, { OUTBOUND_TRUSTED_HOSTS: `${provider.host},${canary.host}` })
const { ctx } = service

/** Does all due work of a workspace once. */
const drain = async (workspaceId: string, worker = ctx) => {
  for (const work of dueWork(worker)) await work.drain(workspaceId)
}

/** A workspace of its own for each test, so that budgets, memory and health are its own. */
async function workspace() {
  const { workspaceId, key } = await service.makeWorkspace()
  const call = (method: string, url: string, body?: unknown, headers: Record<string, string> = {}) =>
    service.call(method, url, body, { headers: { authorization: `Bearer ${key}`, ...headers } })
  const publish = async (policy: object) => {
    const saved = await call('PUT', '/v1/settings/enrichment', policy, { 'if-match': '*' })
    const first = saved.statusCode === 412 ? await call('PUT', '/v1/settings/enrichment', policy) : saved
    t.ok(first.statusCode < 300, first.body)
    const published = await call('POST', '/v1/settings/enrichment/publish')
    t.equal(published.statusCode, 200, published.body)
  }
  const work = async (worker = ctx) => {
    for (let i = 0; i < 3; i++) await drain(workspaceId, worker)
  }
  const makeLead = async (body: object) => (await call('POST', '/v1/leads', body)).json().id as string
  const lead = async (id: string) => (await call('GET', `/v1/leads/${id}`)).json()
  const runs = async (id?: string) =>
    (await call('GET', `/v1/enrichment-runs?limit=200${id === undefined ? '' : `&lead_id=${id}`}`)).json().data
  const spent = async () =>
    (
      await withWorkspace(ctx.db, workspaceId, (tx) =>
        tx.query<{ spent_micros: number; calls: number }>(
          `SELECT spent_micros, calls FROM enrichment_meters WHERE workspace_id = $1 AND provider_key = '*'`,
          [workspaceId],
        ),
      )
    )[0] ?? { spent_micros: 0, calls: 0 }
  return { workspaceId, call, publish, work, makeLead, lead, runs, spent }
}

const people = (more: object = {}) => ({
  key: 'people',
  request: { url: `${provider.url}/people?email={{lead.email}}` },
  fields: [
    { target: 'job_title', pointer: '/person/title' },
    { target: 'city', pointer: '/person/places/0/city' },
  ],
  price_micros: 1_000,
  ...more,
})

t.beforeEach(() => {
  provider.calls.length = 0
  service.setNow(null)
})

t.test('a new lead is asked about, and what is found is written with its source, a receipt and a change', async (t) => {
  const { publish, makeLead, work, lead, runs, spent, call } = await workspace()
  provider.answer = json({ person: { title: 'VP of Sales', places: [{ city: 'Berlin' }] } })
  await publish({ providers: [people({ confidence: 0.9, expires_after_days: 30 })] })
  const id = await makeLead({ email: 'grace+x@hopper.test', full_name: 'Grace Hopper' })
  await work()
  t.equal(provider.calls.length, 1)
  t.equal(provider.calls[0]?.path, '/people?email=grace%2Bx%40hopper.test')
  t.match(await lead(id), { job_title: 'VP of Sales', city: 'Berlin', seniority: 'vp', department: 'sales' })
  const [run] = await runs(id)
  t.match(run, { state: 'succeeded', cost_micros: 1_000, policy_version: 1, cause: 'changed' })
  t.match(run.steps, [{ provider: 'people', outcome: 'found', fields: ['job_title', 'city'], remembered: false }])
  t.same(await spent(), { spent_micros: 1_000, calls: 1 })
  const { data: sources } = (await call('GET', `/v1/leads/${id}/field-sources`)).json()
  const source = sources.find(({ field }: { field: string }) => field === 'job_title')
  t.match(source, { by: 'machine', source: 'enrichment:people', confidence: 0.9, expires_at: /^\d{4}-/ })
  const { data: decisions } = (await call('GET', `/v1/leads/${id}/decisions`)).json()
  const receipt = decisions.find(({ kind }: { kind: string }) => kind === 'enrich')
  t.match(receipt, {
    policy: 'enrichment:default@1',
    inputs: { enrichment_run_id: run.id },
    outcome: { state: 'succeeded' },
  })
  const { data: changes } = (await call('GET', '/v1/changes?types=lead.enriched&limit=200')).json()
  t.match(changes, [{ object_id: id, data: { lead: { job_title: 'VP of Sales' }, previous: { job_title: null } } }])
  await work()
  t.equal(provider.calls.length, 1, 'nobody is asked twice for the same')
})

t.test('what a person told stays; a run stops when nothing is missing; later providers fill the rest', async (t) => {
  const { publish, makeLead, work, lead, runs } = await workspace()
  provider.answer = (request, response) =>
    json(request.url?.startsWith('/second') ? { town: 'Paris', name: 'ACME' } : { person: { title: 'Robot' } })(
      request,
      response,
    )
  const second = {
    key: 'second',
    request: { url: `${provider.url}/second/{{lead.email}}` },
    fields: [
      { target: 'city', pointer: '/town' },
      { target: 'job_title', pointer: '/name' },
    ],
  }
  await publish({ providers: [people(), second, { ...second, key: 'third' }] })
  const id = await makeLead({ email: 'ida@rhodes.test', city: 'Rome' })
  await work()
  t.match(await lead(id), { city: 'Rome', job_title: 'Robot' })
  t.equal(provider.calls.length, 1, 'all that is wanted is there after the first')
  const other = await makeLead({ email: 'jean@sammet.test' })
  await work()
  t.match(await lead(other), { city: 'Paris', job_title: 'Robot' })
  const [run] = await runs(other)
  t.same(
    run.steps.map(({ provider }: { provider: string }) => provider),
    ['people', 'second'],
  )
})

t.test('an answer is remembered, "nothing known" too, until it is old', async (t) => {
  const { publish, makeLead, work, runs, call } = await workspace()
  provider.answer = json({ error: 'unknown person' }, 404)
  const byDomain = { request: { url: `${provider.url}/company?d={{lead.domain}}` }, empty_cache_seconds: 3_600 }
  await publish({ providers: [people(byDomain)] })
  const first = await makeLead({ email: 'a@nobody.test' })
  await work()
  const second = await makeLead({ email: 'b@nobody.test' })
  await work()
  t.equal(provider.calls.length, 1)
  t.match(await runs(first), [{ state: 'empty', cost_micros: 1_000 }])
  t.match(await runs(second), [{ state: 'empty', cost_micros: 0, steps: [{ outcome: 'empty', remembered: true }] }])
  service.setNow(new Date(Date.now() + 2 * 3_600_000))
  await makeLead({ email: 'c@nobody.test' })
  await work()
  t.equal(provider.calls.length, 2, 'an old answer is asked for again')
  const fresh = await call('POST', '/v1/enrichment-runs', { lead_ids: [first], fresh: true })
  t.equal(fresh.statusCode, 202, fresh.body)
  await work()
  t.equal(provider.calls.length, 3, 'fresh asks although it is remembered')
})

t.test('values of the wrong kind are left out, one by one, and nothing breaks', async (t) => {
  const { publish, makeLead, work, lead, runs, call } = await workspace()
  const targets = ['job_title', 'city', 'country', 'phone', 'website', 'seniority', 'street', 'postal_code', 'region']
  provider.answer = json({
    job_title: { $ne: null },
    city: ['x'],
    country: 'Atlantis',
    phone: 'call me',
    website: 'javascript:alert(1)',
    seniority: 'galactic',
    street: 'x'.repeat(3_000),
    postal_code: 12_345,
    region: 'a\u0000b',
    __proto__: { city: 'polluted' },
  })
  await publish({ providers: [people({ fields: targets.map((target) => ({ target, pointer: `/${target}` })) })] })
  const id = await makeLead({ email: 'types@wrong.test' })
  await work()
  t.match(await lead(id), {
    job_title: null,
    city: null,
    country: null,
    phone: null,
    website: null,
    postal_code: '12345',
  })
  t.match(await lead(id), { seniority: null, street: null, region: null })
  const [run] = await runs(id)
  t.match(run.steps, [{ fields: ['postal_code'] }])
  const reasons = new Map(run.steps[0].kept.map((one: { field: string; reason: string }) => [one.field, one.reason]))
  t.equal(reasons.get('job_title'), 'invalid_type')
  t.equal(reasons.get('city'), 'invalid_type')
  t.ok(reasons.has('phone') && reasons.has('country') && reasons.has('website'), 'each tells why')
  const { data } = (await call('GET', `/v1/leads/${id}/decisions`)).json()
  const receipt = data.find(({ kind }: { kind: string }) => kind === 'enrich')
  t.match(receipt.rejected[0], { provider: 'people', field: String, reason: String })
})

t.test('what is not sure enough, or filled already, is told with its reason', async (t) => {
  const { publish, makeLead, work, runs } = await workspace()
  provider.answer = json({ person: { title: 'Robot', places: [{ city: 'Berlin' }] }, company: 12 })
  const fields = [...people().fields, { target: 'account.employee_count', pointer: '/company' }]
  const [title, city, company] = fields
  await publish({
    min_confidence: 0.5,
    providers: [people({ fields: [{ ...title, confidence: 0.2 }, city, company] })],
  })
  const id = await makeLead({ full_name: 'Ida Rhodes', email: 'ida@gmail.com', city: 'Rome' })
  await work()
  const [run] = await runs(id)
  t.strictSame(
    run.steps[0].kept.sort((a: { field: string }, b: { field: string }) => (a.field < b.field ? -1 : 1)),
    [
      { field: 'account.employee_count', reason: 'no_company' },
      { field: 'city', reason: 'typed_by_a_person' },
      { field: 'job_title', reason: 'too_unsure' },
    ],
  )
})

t.test(
  'slow, huge, broken and redirecting answers end as faults, reach nothing else, and cost what they may have cost',
  async (t) => {
    const { publish, makeLead, work, runs } = await workspace()
    const cases: [string, (typeof provider)['answer'], { reason: string; cost: number }][] = [
      ['slow', () => undefined, { reason: 'timeout', cost: 1_000 }],
      ['huge', (_q, r) => void r.end('x'.repeat(3_000_000)), { reason: 'too_large', cost: 1_000 }],
      ['text', (_q, r) => void r.end('not json'), { reason: 'invalid_answer', cost: 1_000 }],
      ['away', (_q, r) => void r.writeHead(302, { location: canary.url }).end(), { reason: 'http_302', cost: 0 }],
      ['error', json({}, 500), { reason: 'http_500', cost: 0 }],
      ['denied', json({}, 403), { reason: 'http_403', cost: 0 }],
      ['torn', (_q, r) => void r.destroy(), { reason: 'unreachable', cost: 0 }],
    ]
    await publish({
      providers: cases.map(([key]) =>
        people({ key, timeout_ms: 300, max_attempts: 1, request: { url: `${provider.url}/${key}?e={{lead.email}}` } }),
      ),
    })
    provider.answer = (request, response) => {
      const found = cases.find(([key]) => request.url?.startsWith(`/${key}?`))
      found?.[1](request, response)
    }
    const id = await makeLead({ email: 'hostile@provider.test' })
    await work()
    const [run] = await runs(id)
    t.equal(run.state, 'failed')
    for (const [key, , { reason, cost }] of cases) {
      const step = run.steps.find((one: { provider: string }) => one.provider === key)
      t.match(step, { reason, cost_micros: cost, fields: [] }, key)
    }
    t.equal(canary.calls.length, 0, 'no redirect is followed')
    t.equal(run.cost_micros, 3_000)
  },
)

t.test('429 with Retry-After is obeyed by every run, and the run goes on after it', async (t) => {
  const { publish, makeLead, work, runs, lead } = await workspace()
  provider.answer = json({}, 429, { 'retry-after': '120' })
  await publish({ providers: [people()] })
  const first = await makeLead({ email: 'one@patient.test' })
  await work()
  const second = await makeLead({ email: 'two@patient.test' })
  await work()
  t.equal(provider.calls.length, 1, 'the second run leaves the provider alone')
  t.match(await runs(first), [
    { state: 'queued', steps: [{ outcome: 'postponed', reason: 'http_429', cost_micros: 0 }] },
  ])
  t.match(await runs(second), [{ state: 'queued', steps: [{ outcome: 'postponed', reason: 'resting' }] }])
  provider.answer = json({ person: { title: 'CEO' } })
  service.setNow(new Date(Date.now() + 180_000))
  await work()
  t.match(await lead(first), { job_title: 'CEO' })
  t.match(await lead(second), { job_title: 'CEO' })
})

t.test('faults in a row open the breaker; one call tries whether it is well again', async (t) => {
  const { publish, makeLead, work } = await workspace()
  provider.answer = json({}, 500)
  await publish({ providers: [people({ max_attempts: 1 })] })
  for (let i = 0; i < 12; i++) {
    await makeLead({ email: `p${i}@broken.test` })
    await work()
  }
  t.equal(provider.calls.length, 5, 'after five faults nobody asks')
  service.setNow(new Date(Date.now() + 60_000))
  await Promise.all(Array.from({ length: 10 }, (_, i) => makeLead({ email: `q${i}@broken.test` })))
  await work()
  t.equal(provider.calls.length, 6, 'one call tries, the others wait')
})

t.test('two hundred runs at once never spend more than the day has', async (t) => {
  const { publish, call, work, runs, spent } = await workspace()
  provider.answer = json({ person: { title: 'Engineer' } })
  await publish({ daily_budget_micros: 37_500, providers: [people()] })
  const items = Array.from({ length: 200 }, (_, i) => ({ email: `lead${i}@budget.test` }))
  t.equal((await call('POST', '/v1/leads/batch/upsert', { items })).json().succeeded, 200)
  // Several workers at once, until nothing is left.
  let all = []
  do {
    await asWorkers(ctx, 4, work)
    all = await runs()
  } while (all.length < 200 || all.some(({ state }: { state: string }) => state === 'queued'))
  t.equal(all.length, 200)
  t.equal(provider.calls.length, 37)
  t.same(await spent(), { spent_micros: 37_000, calls: 37 })
  const reasons = all.map(({ state, reason }: { state: string; reason: string | null }) => reason ?? state)
  t.equal(reasons.filter((reason: string) => reason === 'succeeded').length, 37)
  t.equal(reasons.filter((reason: string) => reason === 'budget_exhausted').length, 163)
})

t.test('a full window is waited for', async (t) => {
  const { publish, makeLead, work, runs } = await workspace()
  provider.answer = json({ person: { title: 'Engineer' } })
  const start = Date.now()
  service.setNow(new Date(start))
  await publish({ providers: [people({ rate_calls: 2, rate_seconds: 60 })] })
  for (let i = 0; i < 5; i++) await makeLead({ email: `r${i}@rate.test` })
  await work()
  t.equal(provider.calls.length, 2)
  service.setNow(new Date(start + 61_000))
  await work()
  t.equal(provider.calls.length, 4)
  service.setNow(new Date(start + 125_000))
  await work()
  t.equal(provider.calls.length, 5)
  t.same(new Set((await runs()).map(({ state }: { state: string }) => state)), new Set(['succeeded']))
})

t.test(
  'a process that dies between call and commit: the call stays paid for, is in doubt, and is made again',
  async (t) => {
    const { workspaceId, publish, makeLead, work, runs, lead, spent } = await workspace()
    provider.answer = json({ person: { title: 'Captain' } })
    await publish({ providers: [people()] })
    const id = await makeLead({ email: 'crash@between.test' })
    await drain(workspaceId)
    const [queued] = await runs(id)
    t.match(queued, { state: 'queued' })
    // What a process does until it dies: claims, takes the money, asks.
    const [claim] = await withWorkspace(ctx.db, workspaceId, (tx) => claimRuns(tx, ctx.now(), 1, 0))
    if (claim === undefined) throw new Error('the run is due')
    t.ok(await withWorkspace(ctx.db, workspaceId, (tx) => prepareCall(ctx, tx, claim)))
    t.same(await spent(), { spent_micros: 1_000, calls: 1 })
    await withWorkspace(ctx.db, workspaceId, (tx) =>
      tx.query(`UPDATE enrichment_runs SET lease_until = NULL WHERE workspace_id = $1 AND state = 'queued'`, [
        workspaceId,
      ]),
    )
    await work()
    t.match(await lead(id), { job_title: 'Captain' })
    const [run] = await runs(id)
    t.match(run, { state: 'succeeded', cost_micros: 2_000 })
    t.same(
      run.steps.map(({ outcome }: { outcome: string }) => outcome),
      ['in_doubt', 'found'],
    )
    t.same(await spent(), { spent_micros: 2_000, calls: 2 }, 'every call that may have been made is counted once')
  },
)

t.test('secrets go to the provider and nowhere else; templates cannot be broken out of', async (t) => {
  const { publish, makeLead, work, call } = await workspace()
  provider.answer = json({ person: { title: 'Spy' } })
  const stored = await call('PUT', '/v1/enrichment-credentials/people_api', { value: 'sekret-4711' })
  t.equal(stored.statusCode, 201, stored.body)
  const request = {
    method: 'POST',
    url: `${provider.url}/v1/{{lead.last_name}}?q={{lead.full_name}}`,
    headers: [{ name: 'Authorization', value: 'Bearer {{credential.people_api}}' }],
    body: { query: { name: '{{lead.full_name}}', run: '{{run.id}}' } },
  }
  await publish({ providers: [people({ request })] })
  await makeLead({ email: 'x@y.test', first_name: 'A"},"admin":{"', last_name: 'B/../../admin?x=1#' })
  await makeLead({ email: 'z@y.test', first_name: 'Dot', last_name: '..' })
  await work()
  t.equal(provider.calls.length, 1, 'a name that would change the path is not asked with')
  const [asked] = provider.calls
  t.match(asked?.path, /^\/v1\/B%2F\.\.%2F\.\.%2Fadmin%3Fx%3D1%23\?q=/)
  t.equal(asked?.headers.authorization, 'Bearer sekret-4711')
  const body = JSON.parse(asked?.body ?? '')
  t.same(Object.keys(body), ['query'])
  t.match(body.query.run, /^run_/)
  for (const url of ['/v1/enrichment-credentials', '/v1/settings/enrichment', '/v1/enrichment-runs', '/v1/audit-log']) {
    t.notMatch((await call('GET', url)).body, /sekret/)
  }
  t.equal((await call('DELETE', '/v1/enrichment-credentials/people_api')).statusCode, 409, 'it is still asked with')
  t.equal((await call('PUT', '/v1/enrichment-credentials/people_api', { value: 'new' })).statusCode, 428)
  const replaced = await call('PUT', '/v1/enrichment-credentials/people_api', { value: 'new' }, { 'if-match': '"v1"' })
  t.match(replaced.json(), { key: 'people_api', etag: '"v2"' })
})

t.test('a policy that cannot be followed is refused with every fault in its place', async (t) => {
  const { call } = await workspace()
  const faultsOf = async (more: object, policy: object = {}) => {
    const answer = await call('PUT', '/v1/settings/enrichment', { ...policy, providers: [people(more)] })
    t.equal(answer.statusCode, 400, answer.body)
    return answer.json().errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`)
  }
  const url = (text: string) => ({ request: { url: text } })
  const at = '/providers/0/request/url'
  t.same(await faultsOf(url('http://169.254.169.254/latest?x={{lead.email}}')), [`${at} address_refused`])
  t.same(await faultsOf(url('file:///etc/passwd')), [`${at} invalid_url`])
  t.same(await faultsOf(url('https://user:pw@1.1.1.1/x')), [`${at} invalid_url`])
  t.same(await faultsOf(url('https://{{lead.domain}}/x')), [`${at} invalid_url`])
  t.same(await faultsOf(url('https://1.1.1.1/{{lead.email')), [`${at} invalid_template`])
  t.same(await faultsOf(url('https://1.1.1.1/{{lead.owner_id}}')), [`${at} invalid_template`])
  t.same(await faultsOf(url('https://1.1.1.1/{{credential.none}}')), [`${at} invalid_template`])
  const header = (name: string, value: string) => ({ request: { url: 'https://1.1.1.1/', headers: [{ name, value }] } })
  t.same(await faultsOf(header('Host', 'x')), ['/providers/0/request/headers/0/name not_allowed'])
  t.same(await faultsOf(header('x-a', '{{lead.email}}')), ['/providers/0/request/headers/0/value invalid_template'])
  const field = (target: string, pointer: string) => ({ fields: [{ target, pointer }] })
  t.same(await faultsOf(field('email', '/a')), ['/providers/0/fields/0/target unknown_field'])
  t.same(await faultsOf(field('owner_id', 'a')), [
    '/providers/0/fields/0/target unknown_field',
    '/providers/0/fields/0/pointer invalid_format',
  ])
  t.same(await faultsOf({}, { wanted: ['street'] }), ['/wanted/0 unknown_field'])
  t.same(await faultsOf({}, { filter: { any: [{ all: [{ field: 'nonsense', op: 'is_set' }] }] } }), [
    '/filter/any/0/all/0/field unknown_condition_field',
  ])
})

t.test('values grow old and are asked for again by themselves', async (t) => {
  const { publish, makeLead, work, lead, runs } = await workspace()
  provider.answer = json({ person: { title: 'Clerk' } })
  await publish({ refresh_after_days: 30, providers: [people({ expires_after_days: 20, cache_seconds: 60 })] })
  const id = await makeLead({ email: 'old@values.test' })
  await work()
  t.match(await lead(id), { job_title: 'Clerk' })
  provider.answer = json({ person: { title: 'Director' } })
  service.setNow(new Date(Date.now() + 31 * 86_400_000))
  await work()
  t.match(await lead(id), { job_title: 'Director', seniority: 'director' })
  t.match(
    (await runs(id)).map(({ cause, state }: { cause: string; state: string }) => `${cause} ${state}`),
    ['refresh queued', 'refresh succeeded', 'changed succeeded'],
  )
})

t.test('a filter asks about many leads as an operation; leads join the company of their domain', async (t) => {
  const { publish, makeLead, work, call, lead } = await workspace()
  provider.answer = json({ person: { title: 'Baker', staff: '120' }, company: { size: 120 } })
  const fields = [
    { target: 'job_title', pointer: '/person/title' },
    { target: 'account.employee_count', pointer: '/company/size' },
  ]
  await publish({ automatic: false, accounts: 'create', providers: [people({ fields })] })
  const bread = await makeLead({ email: 'a@bread-maker.test', city: 'Rome' })
  const other = await makeLead({ email: 'b@bread-maker.test', city: 'Oslo' })
  await work()
  t.equal(provider.calls.length, 0)
  const { account_id } = await lead(bread)
  t.match(account_id, /^acct_/)
  t.equal((await lead(other)).account_id, account_id)
  const filter = { any: [{ all: [{ field: 'city', op: 'eq', value: 'Rome' }] }] }
  const started = await call('POST', '/v1/enrichment-runs', { filter })
  t.equal(started.statusCode, 202, started.body)
  await work()
  t.match((await call('GET', started.headers['location'] as string)).json(), {
    status: 'succeeded',
    result: { planned: 1 },
  })
  t.equal((await lead(bread)).job_title, 'Baker')
  t.equal((await lead(other)).job_title, null)
  t.match((await call('GET', `/v1/accounts/${account_id}`)).json(), {
    name: 'Bread Maker',
    employee_count: 120,
    domain: 'bread-maker.test',
  })
  await call('PATCH', `/v1/leads/${bread}`, { account_id: null })
  await work()
  t.equal((await lead(bread)).account_id, null, 'who was taken out of a company is not put back')
})
