import t from 'tap'
import { uuidv7 } from 'uuidv7'
import { withWorkspace } from '../../src/db/client.ts'
import { decodeTypeId } from '../../src/domain/type-id.ts'
import { assignLead } from '../../src/pipeline/route/assign-lead.ts'
import { type TestService, testService } from '../helpers/service.ts'

const newUser = async ({ call }: TestService, more: object = {}) =>
  (await call('POST', '/v1/users', { name: 'Grace', ...more })).json().id as string

const newLead = async ({ call }: TestService) =>
  (await call('POST', '/v1/leads', { full_name: 'Ada' })).json().id as string

/** Gives a lead to a target as the router does; returns the id of the assignment. */
async function give(
  { ctx, workspaceId }: TestService,
  lead: string,
  { user, score = null }: { user?: string; score?: number | null },
): Promise<void> {
  const leadId = decodeTypeId('lead', lead) ?? ''
  const facts = {
    policy_version: 1,
    teams_version: 1,
    rule_key: null,
    strategy: null,
    decision: 1,
    pass_before: null,
    pass_after: null,
    explanation: { rules: [], trials: [] },
    score,
    worth: null,
    receipt_id: uuidv7(),
  }
  const target =
    user === undefined
      ? { kind: 'queue' as const }
      : { kind: 'user' as const, user_id: decodeTypeId('user', user) ?? '' }
  await withWorkspace(ctx.db, workspaceId, (tx) =>
    assignLead(
      tx,
      { actor: 'system', origin: null },
      leadId,
      { id: uuidv7(), target, pool_key: 'inbound', cause: 'rule', note: null, facts },
      ctx.now(),
    ),
  )
}

async function putPool({ call }: TestService, members: string[]): Promise<void> {
  const pools = [{ key: 'inbound', credit_back: true, members: members.map((user_id) => ({ user_id })) }]
  const response = await call('PUT', '/v1/settings/teams', { pools }, { headers: { 'if-match': '*' } })
  t.equal(response.statusCode, 200)
}

async function assignmentOf({ call }: TestService, lead: string): Promise<string> {
  const { data } = (await call('GET', `/v1/leads/${lead}/timeline`)).json()
  return data.find(({ type }: { type: string }) => type.startsWith('lead_assigned')).data.assignment_id
}

t.test('fifty callers at once get fifty different leads, and the rest gets nothing', async (t) => {
  const service = await testService(t)
  const { call } = service
  const users = await Promise.all(Array.from({ length: 10 }, () => newUser(service)))
  await putPool(service, users)
  const leads = await Promise.all(Array.from({ length: 40 }, () => newLead(service)))
  for (const [i, lead] of leads.entries()) await give(service, lead, { score: i })
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) => call('POST', '/v1/pools/inbound/next', { user_id: users[i % 10] })),
  )
  t.same([...new Set(answers.map(({ statusCode }) => statusCode))], [200])
  const got = answers.flatMap((answer) => answer.json().assignment?.lead_id ?? [])
  t.equal(new Set(got).size, got.length, 'no lead came to two')
  const rest: string[] = []
  for (;;) {
    const { assignment } = (await call('POST', '/v1/pools/inbound/next', { user_id: users[0] })).json()
    if (assignment === null) break
    rest.push(assignment.lead_id)
  }
  t.same([...got, ...rest].sort(), [...leads].sort(), 'every lead came to somebody')
})

t.test('the best lead goes first, then the one that waits longest', async (t) => {
  const service = await testService(t)
  const user = await newUser(service)
  await putPool(service, [user])
  const scores = [10, null, 90, 90]
  const leads: string[] = []
  for (const score of scores) {
    leads.push(await newLead(service))
    await give(service, leads.at(-1) ?? '', { score })
  }
  const got: string[] = []
  for (const _ of scores) {
    got.push((await service.call('POST', '/v1/pools/inbound/next', { user_id: user })).json().assignment.lead_id)
  }
  t.same(got, [leads[2], leads[3], leads[0], leads[1]])
})

t.test('a seller at capacity pulls nothing, also not by pulling twice at once', async (t) => {
  const service = await testService(t)
  const user = await newUser(service, { capacity_open: 3 })
  await putPool(service, [user])
  for (let i = 0; i < 6; i++) await give(service, await newLead(service), {})
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => service.call('POST', '/v1/pools/inbound/next', { user_id: user })),
  )
  t.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 3)
  t.equal(answers.filter(({ statusCode }) => statusCode === 409).length, 3)
})

t.test('who is no member, unknown or inactive pulls nothing', async (t) => {
  const service = await testService(t)
  const { call } = service
  const [member, other] = [await newUser(service), await newUser(service)]
  await putPool(service, [member])
  const pull = async (pool: string, user_id: string) =>
    (await call('POST', `/v1/pools/${pool}/next`, { user_id })).statusCode
  t.equal(await pull('inbound', other), 422)
  t.equal(await pull('nowhere', member), 404)
  await call('PATCH', `/v1/users/${member}`, { active: false })
  t.equal(await pull('inbound', member), 422)
})

t.test('accepting and answering are noted once; declining needs a reason and gives the lead back', async (t) => {
  const service = await testService(t)
  const { call } = service
  const user = await newUser(service)
  await putPool(service, [user])
  const lead = await newLead(service)
  await give(service, lead, { user })
  const url = `/v1/assignments/${await assignmentOf(service, lead)}/respond`
  const accepted = (await call('POST', url, { action: 'accept' })).json()
  t.ok(accepted.accepted_at)
  t.equal(accepted.first_touch_at, null)
  t.equal((await call('POST', url, { action: 'accept' })).json().etag, accepted.etag, 'again changes nothing')
  const touched = (await call('POST', url, { action: 'first_response' })).json()
  t.ok(touched.first_touch_at)
  t.equal(touched.accepted_at, accepted.accepted_at)
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
  for (const body of [
    { action: 'decline' },
    { action: 'accept', occurred_at: tomorrow },
    { action: 'first_response', occurred_at: tomorrow },
    { action: 'first_response', occurred_at: '2026-02-30T00:00:00Z' },
  ]) {
    t.equal((await call('POST', url, body)).statusCode, 400, JSON.stringify(body))
  }
  const declined = (await call('POST', url, { action: 'decline', reason: 'Not my language' })).json()
  t.match(declined, { end_reason: 'declined', end_note: 'Not my language' })
  t.equal((await call('GET', `/v1/leads/${lead}`)).json().owner_id, null)
  t.equal((await call('POST', url, { action: 'accept' })).statusCode, 409)
  const types = (await call('GET', '/v1/changes?cursor=earliest&types=assignment.*')).json().data
  t.same(
    types.map(({ type }: { type: string }) => type),
    ['assignment.accepted', 'assignment.first_touched', 'assignment.rejected'],
  )
})

t.test('a lead is released into the queue, or handed on to somebody else', async (t) => {
  const service = await testService(t)
  const { call } = service
  const [user, other] = [await newUser(service), await newUser(service)]
  await putPool(service, [user, other])
  const lead = await newLead(service)
  await give(service, lead, { user })
  const first = await assignmentOf(service, lead)
  const again = { user_id: user, reason: 'x' }
  t.equal((await call('POST', `/v1/assignments/${first}/reassign`, again)).statusCode, 422)
  const next = (
    await call('POST', `/v1/assignments/${first}/reassign`, { user_id: other, reason: 'Knows them' })
  ).json()
  t.match(next, { user_id: other, pool_key: 'inbound', ended_at: null })
  t.equal((await call('GET', `/v1/leads/${lead}`)).json().owner_id, other)
  const released = await call('POST', `/v1/assignments/${next.id}/release`, { reason: 'Ill', to_queue: true })
  t.match(released.json(), { end_reason: 'released', end_note: 'Ill' })
  const pulled = (await call('POST', '/v1/pools/inbound/next', { user_id: user })).json().assignment
  t.match(pulled, { lead_id: lead, user_id: user })
})

t.test(
  'a lead that somebody has declined is pulled by others, and nobody gives it to a queue without members',
  async (t) => {
    const service = await testService(t)
    const { call } = service
    const [user, other] = [await newUser(service), await newUser(service)]
    await putPool(service, [user, other])
    const [best, next] = [await newLead(service), await newLead(service)]
    await give(service, best, { score: 90 })
    await give(service, next, { score: 10 })
    const pull = async (user_id: string) =>
      (await call('POST', '/v1/pools/inbound/next', { user_id })).json().assignment
    const first = await pull(user)
    t.equal(first.lead_id, best)
    await call('POST', `/v1/assignments/${first.id}/respond`, { action: 'decline', reason: 'Not my language' })
    await give(service, best, { score: 90 })
    const second = await pull(user)
    t.equal(second.lead_id, next, 'the one that is left for this seller')
    t.equal(await pull(user), null)
    t.equal((await pull(other)).lead_id, best)
    await putPool(service, [])
    const released = await call('POST', `/v1/assignments/${second.id}/release`, { reason: 'Ill', to_queue: true })
    t.equal(released.statusCode, 409)
    t.equal((await call('POST', `/v1/assignments/${second.id}/release`, { reason: 'Ill' })).statusCode, 200)
  },
)

t.test('speed to lead is told with its definition and the number of leads behind it', async (t) => {
  const service = await testService(t)
  const { call, setNow } = service
  const [fast, slow] = [await newUser(service), await newUser(service)]
  const start = Date.parse('2026-11-02T09:00:00.000Z')
  const seconds = [60, 120, 180, 240, 3600]
  for (const [i, wait] of seconds.entries()) {
    setNow(new Date(start))
    const lead = await newLead(service)
    await give(service, lead, { user: i < 4 ? fast : slow })
    setNow(new Date(start + wait * 1000))
    const url = `/v1/assignments/${await assignmentOf(service, lead)}/respond`
    t.equal((await call('POST', url, { action: 'first_response' })).statusCode, 200)
  }
  setNow(new Date(start))
  await give(service, await newLead(service), { user: slow })
  const period = 'from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z'
  const report = (await call('GET', `/v1/reports/speed-to-lead?${period}&by=member`)).json()
  t.match(report, { n: 5, untouched: 1, median_seconds: 180, by: 'member' })
  t.equal(Math.round(report.p90_seconds), 2256, 'between 240 and 3600, at six tenths')
  t.same(
    report.groups.map(({ key, n, untouched, median_seconds }: Record<string, unknown>) => [
      key,
      n,
      untouched,
      median_seconds,
    ]),
    [
      [fast, 4, 0, 150],
      [slow, 1, 1, 3600],
    ],
  )
  const empty = (
    await call('GET', '/v1/reports/speed-to-lead?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z')
  ).json()
  t.match(empty, { n: 0, untouched: 0, median_seconds: null, p90_seconds: null, groups: [] })
  t.equal(
    (await call('GET', '/v1/reports/speed-to-lead?from=2020-02-01T00:00:00Z&to=2020-01-01T00:00:00Z')).statusCode,
    400,
  )
})
