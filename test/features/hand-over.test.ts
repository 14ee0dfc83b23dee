// A seller who leaves: all that he has goes to somebody else, once, with its history.
import t, { type Test } from 'tap'
import { uuidv7 } from 'uuidv7'
import { encodeTypeId } from '../../src/domain/type-id.ts'
import { countBy, routingHands } from '../helpers/routing.ts'
import { testService } from '../helpers/service.ts'

/** Two sellers of a pool, and leads that have all come to the first. */
async function open(t: Test, count: number) {
  const service = await testService(t)
  const { call, drain } = service
  const hands = routingHands(service)
  const leaving = await hands.seller('Leaving')
  const staying = await hands.seller('Staying', { active: false })
  const edit = async (user: string, body: object) => {
    const { headers } = await call('GET', `/v1/users/${user}`)
    const answer = await call('PATCH', `/v1/users/${user}`, body, { headers: { 'if-match': String(headers['etag']) } })
    t.equal(answer.statusCode, 200)
  }
  await hands.teams({ pools: [{ key: 'p', members: [{ user_id: leaving }, { user_id: staying }] }] })
  await hands.rules()
  const leads = await hands.leads(count)
  await drain()
  await edit(staying, { active: true })
  const openOf = async () => countBy(await hands.assignments('open=true'), ({ user_id }) => String(user_id))
  t.same(await openOf(), { [leaving]: count }, 'all of them are with the first')
  const handOver = async (body: object) => {
    const started = await call('POST', `/v1/users/${leaving}/hand-over`, body)
    t.equal(started.statusCode, 202)
    await drain()
    return (await call('GET', `/v1/operations/${started.json().id}`)).json()
  }
  return { service, hands, leaving, staying, leads, edit, openOf, handOver }
}

t.test('all leads of a seller go to another one, in batches, and those that come later stay', async (t) => {
  const { service, hands, leaving, staying, leads, openOf, handOver } = await open(t, 130)
  const { call } = service
  const [first = ''] = leads
  const { data } = (await call('GET', `/v1/assignments?lead_id=${first}`)).json()
  const done = await handOver({ reason: 'Parental leave.', to_user_id: staying })
  t.match(done, {
    kind: 'user_hand_over',
    status: 'succeeded',
    progress: { processed: 130, total: 130 },
    resource_id: leaving,
    result: { handed_over: 130 },
  })
  t.same(await openOf(), { [staying]: 130 })
  t.equal((await call('GET', `/v1/leads/${first}`)).json().owner_id, staying)
  const ended = (await call('GET', `/v1/assignments/${data[0].id}/progress`)).json()
  t.match(ended, { end_reason: 'reassigned', end_note: 'Parental leave.' })
  const loads = await hands.rows('SELECT open_count FROM seller_loads WHERE workspace_id = $1 ORDER BY open_count')
  t.same(loads, [{ open_count: 0 }, { open_count: 130 }], 'desks are counted')

  const { results } = (
    await call('POST', '/v1/leads/batch/upsert', { items: [{ full_name: 'Later', owner_id: leaving }] })
  ).json()
  t.equal((await call('GET', `/v1/leads/${results[0].id}`)).json().owner_id, leaving)
  t.match(await handOver({ reason: 'Again.', to_user_id: staying }), {
    status: 'succeeded',
    progress: { processed: 1 },
  })
  t.match(await handOver({ reason: 'Nothing left.', to_user_id: staying }), {
    status: 'succeeded',
    progress: { processed: 0, total: 0 },
  })
})

t.test('without a name each lead is routed anew, to those who are there', async (t) => {
  const { service, leaving, staying, leads, edit, openOf, handOver } = await open(t, 12)
  await edit(leaving, { active: false })
  t.match(await handOver({ reason: 'Has left.' }), { status: 'succeeded', progress: { processed: 12 } })
  await service.drain()
  t.same(await openOf(), { [staying]: 12 })
  const owners = await Promise.all(leads.map((lead) => service.call('GET', `/v1/leads/${lead}`)))
  t.ok(owners.every((answer) => answer.json().owner_id === staying))
})

t.test('one that is worked on meanwhile goes its own way', async (t) => {
  const { service, leaving, staying, leads, openOf } = await open(t, 3)
  const { call, drain } = service
  const started = await call('POST', `/v1/users/${leaving}/hand-over`, { reason: 'Leave.', to_user_id: staying })
  const { data } = (await call('GET', `/v1/assignments?lead_id=${leads[1]}`)).json()
  const own = await service.call('POST', `/v1/assignments/${data[0].id}/reassign`, {
    user_id: staying,
    reason: 'Mine.',
  })
  t.equal(own.statusCode, 200)
  await drain()
  const done = (await call('GET', `/v1/operations/${started.json().id}`)).json()
  t.match(done, { status: 'succeeded', progress: { total: 3 }, result: { handed_over: 2 } })
  t.same(await openOf(), { [staying]: 3 })
})

t.test('without rules somebody must be named: no lead is left with nobody', async (t) => {
  const { call } = await testService(t)
  const seller = (await call('POST', '/v1/users', { name: 'Leaving' })).json().id
  const lead = (await call('POST', '/v1/leads', { full_name: 'Ada', owner_id: seller })).json().id
  const answer = await call('POST', `/v1/users/${seller}/hand-over`, { reason: 'Leave.' })
  t.equal(answer.statusCode, 422)
  t.match(answer.json(), { errors: [{ pointer: '/to_user_id', code: 'no_policy' }] })
  t.equal((await call('GET', `/v1/leads/${lead}`)).json().owner_id, seller)
})

t.test('what cannot be done is said', async (t) => {
  const { service, leaving, staying, edit } = await open(t, 1)
  const post = (user: string, body: object) => service.call('POST', `/v1/users/${user}/hand-over`, body)
  const nobody = encodeTypeId('user', uuidv7())
  t.equal((await post(nobody, { reason: 'Leave.' })).statusCode, 404)
  for (const [to, code] of [
    [leaving, 'same_user'],
    [nobody, 'unknown_user'],
  ]) {
    const answer = await post(leaving, { reason: 'Leave.', to_user_id: to })
    t.equal(answer.statusCode, 422)
    t.match(answer.json(), { errors: [{ pointer: '/to_user_id', code }] })
  }
  t.equal((await post(leaving, {})).statusCode, 400, 'a reason is needed')
  const started = await post(leaving, { reason: 'Leave.', to_user_id: staying })
  await edit(staying, { active: false })
  await service.drain()
  const ended = (await service.call('GET', `/v1/operations/${started.json().id}`)).json()
  t.match(ended, { status: 'failed', progress: { processed: 0 }, error: { detail: 'This seller is inactive.' } })
})
