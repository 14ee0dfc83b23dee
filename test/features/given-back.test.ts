// Leads that are given back when the rules would not have taken them up by themselves: somebody gets them, or is told.
import t, { type Test } from 'tap'
import { passTime, publish } from '../helpers/clocks.ts'
import { routingHands } from '../helpers/routing.ts'
import { type TestService, testService } from '../helpers/service.ts'

/** New leads are routed, others are not; two sellers of a pool, and leads with the first that are not new any more. */
async function open(t: Test, count: number) {
  const service = await testService(t)
  const { call, drain } = service
  const hands = routingHands(service)
  const first = await hands.seller('First')
  const second = await hands.seller('Second', { active: false })
  await hands.teams({ pools: [{ key: 'p', members: [{ user_id: first }, { user_id: second }] }] })
  await hands.rules({ when: { any: [{ all: [{ field: 'status', op: 'eq', value: 'new' }] }] } })
  const leads = await hands.leads(count)
  await drain()
  for (const lead of leads) await patch(service, `/v1/leads/${lead}`, { status: 'working' })
  await drain()
  const isActive = async (user: string, active: boolean) => {
    await patch(service, `/v1/users/${user}`, { active })
    await drain()
  }
  return {
    service,
    hands,
    first,
    second,
    leads,
    isActive,
    ownerOf: async (lead: string) => (await call('GET', `/v1/leads/${lead}`)).json().owner_id,
    assignmentOf: async (lead: string) => (await call('GET', `/v1/assignments?lead_id=${lead}`)).json().data[0],
    unrouted: async () =>
      (await call('GET', '/v1/routing/unrouted-leads')).json().data.map((row: { lead_id: string }) => row.lead_id),
    told: async (lead: string) =>
      (await call('GET', '/v1/changes?cursor=earliest&types=lead.unroutable&limit=200'))
        .json()
        .data.filter((change: { object_id: string }) => change.object_id === lead).length,
  }
}

async function patch({ call }: TestService, url: string, body: object): Promise<void> {
  const { headers } = await call('GET', url)
  const answer = await call('PATCH', url, body, { headers: { 'if-match': String(headers['etag']) } })
  if (answer.statusCode !== 200) throw new Error(`${url}: ${answer.body}`)
}

t.test('who hands over by the rules leaves no lead with nobody', async (t) => {
  const { service, first, second, leads, isActive, ownerOf } = await open(t, 3)
  await isActive(second, true)
  await isActive(first, false)
  const started = await service.call('POST', `/v1/users/${first}/hand-over`, { reason: 'Has left.' })
  t.equal(started.statusCode, 202)
  await service.drain()
  t.same(await Promise.all(leads.map(ownerOf)), [second, second, second])
})

t.test('a lead that nobody can take is listed and told once, and goes to the first who can', async (t) => {
  const { service, first, second, leads, isActive, ownerOf, assignmentOf, unrouted, told } = await open(t, 1)
  const { call, drain } = service
  const [lead = ''] = leads
  await isActive(first, false)
  const { id } = await assignmentOf(lead)
  t.equal((await call('POST', `/v1/assignments/${id}/release`, { reason: 'Ill' })).statusCode, 200)
  await drain()
  t.equal(await ownerOf(lead), null)
  t.same(await unrouted(), [lead])
  t.equal(await told(lead), 1)
  // It is looked at again, for whatever reason: nobody forgets it.
  await patch(service, `/v1/leads/${lead}`, { first_name: 'Ada' })
  await drain()
  service.setNow(new Date(Date.now() + 2 * 3_600_000))
  await drain()
  t.same(await unrouted(), [lead])
  t.equal(await told(lead), 1)
  await isActive(second, true)
  t.equal(await ownerOf(lead), second)
  t.same(await unrouted(), [])
})

t.test('a lead whose work is over while it waits is not looked for a seller any more', async (t) => {
  const { service, first, second, leads, isActive, ownerOf, assignmentOf, unrouted } = await open(t, 1)
  const [lead = ''] = leads
  await isActive(first, false)
  await service.call('POST', `/v1/assignments/${(await assignmentOf(lead)).id}/release`, { reason: 'Ill' })
  await service.drain()
  t.same(await unrouted(), [lead])
  await patch(service, `/v1/leads/${lead}`, { status: 'closed' })
  await service.drain()
  t.same(await unrouted(), [])
  await isActive(second, true)
  t.equal(await ownerOf(lead), null)
})

t.test('who declines is not asked again, and whoever got the lead by hand meanwhile keeps it', async (t) => {
  const { service, first, second, leads, isActive, ownerOf, assignmentOf } = await open(t, 2)
  const { call, drain } = service
  const [declined = '', given = ''] = leads
  await isActive(second, true)
  const decline = async (lead: string) => {
    const { id } = await assignmentOf(lead)
    const answer = await call('POST', `/v1/assignments/${id}/respond`, { action: 'decline', reason: 'Not mine' })
    t.equal(answer.statusCode, 200)
  }
  await decline(declined)
  await decline(given)
  await patch(service, `/v1/leads/${given}`, { owner_id: first })
  await drain()
  t.equal(await ownerOf(declined), second)
  t.equal(await ownerOf(given), first)
})

t.test('a broken promise that takes a lead away finds somebody else for it', async (t) => {
  const { service, hands, first, second, isActive, ownerOf } = await open(t, 0)
  await publish(service, 'quick', {
    targets: { accept_seconds: 600 },
    escalation: [{ target: 'accept', action: 'reassign' }],
  })
  const [lead = ''] = await hands.leads(1)
  await service.drain()
  t.equal(await ownerOf(lead), first)
  await patch(service, `/v1/leads/${lead}`, { status: 'working' })
  await isActive(second, true)
  await passTime(service, 601)
  await service.drain()
  await service.drain()
  t.equal(await ownerOf(lead), second)
})

t.test('who gives a lead back is not the next to get it, and may have it after somebody else', async (t) => {
  const { service, first, second, leads, isActive, ownerOf, assignmentOf, unrouted } = await open(t, 1)
  const [lead = ''] = leads
  const release = async () => {
    const { id } = await assignmentOf(lead)
    const answer = await service.call('POST', `/v1/assignments/${id}/release`, { reason: 'On leave' })
    t.equal(answer.statusCode, 200)
    await service.drain()
  }
  await release()
  t.same([await ownerOf(lead), await unrouted()], [null, [lead]], 'listed rather than back on the same desk')
  await isActive(second, true)
  t.equal(await ownerOf(lead), second)
  await release()
  t.equal(await ownerOf(lead), first, 'it has been with another one')
  await release()
  t.equal(await ownerOf(lead), second)
  const { explanation } = (await service.call('GET', `/v1/assignments/${(await assignmentOf(lead)).id}`)).json()
  const reasons = explanation.trials.at(-1).candidates.map(({ reason }: { reason: string }) => reason)
  t.same(reasons, ['excluded', 'chosen'])
})

t.test('leads that an active seller hands over by the rules go to others', async (t) => {
  const { service, first, second, leads, isActive, ownerOf } = await open(t, 3)
  await isActive(second, true)
  t.equal((await service.call('POST', `/v1/users/${first}/hand-over`, { reason: 'Too much' })).statusCode, 202)
  await service.drain()
  t.same(await Promise.all(leads.map(ownerOf)), [second, second, second])
})
