// Sending again: by ids, by a range of the feed, or what failed; the same id and the same body as the first time.
import t from 'tap'
import { JITTER, TRY_DELAYS } from '../../src/domain/webhook/retry-schedule.ts'
import { type TestService, testService } from '../helpers/service.ts'
import { startReceiver, status } from '../helpers/webhook-receiver.ts'
import { deliveriesOf, makeEndpoint, makeLead, passTime } from '../helpers/webhooks.ts'

const OPEN = { WEBHOOK_ALLOW_PRIVATE: true }

/** Asks for a redelivery, does it, and returns the operation. */
async function redeliver(service: TestService, endpointId: string, body: object) {
  const asked = await service.call('POST', `/v1/webhook-endpoints/${endpointId}/redeliver`, body)
  if (asked.statusCode !== 202) throw new Error(asked.body)
  await service.drain()
  return (await service.call('GET', String(asked.headers['location']))).json()
}

const namesOf = (received: { body: string }[]) => received.map(({ body }) => JSON.parse(body).data.lead.full_name)

t.test('deliveries are sent again by their ids, with the same id and body', async (t) => {
  const service = await testService(t, OPEN)
  const receiver = await startReceiver(t)
  const endpoint = await makeEndpoint(service, `${receiver.origin}/a`, { types: ['lead.created'] })
  for (const full_name of ['Ada', 'Bob']) await makeLead(service, { full_name })
  await service.drain()
  const [first] = await deliveriesOf(service, endpoint.id)
  const operation = await redeliver(service, endpoint.id, { delivery_ids: [first?.id] })
  t.match(operation, {
    kind: 'webhook_redelivery',
    status: 'succeeded',
    resource_id: endpoint.id,
    result: { queued: 1 },
  })
  t.equal(receiver.received.length, 3)
  const [before, , again] = receiver.received
  t.equal(again?.body, before?.body)
  t.equal(again?.headers['webhook-id'], before?.headers['webhook-id'])
  t.match((await deliveriesOf(service, endpoint.id))[0], { attempt_count: 2, attempts: [{ number: 1 }, { number: 2 }] })
})

t.test('a range brings what was missed while the endpoint was disabled, as far as it asks for it', async (t) => {
  const service = await testService(t, OPEN)
  const receiver = await startReceiver(t)
  await makeLead(service, { full_name: 'Before', country: 'DE' })
  const condition = { any: [{ all: [{ field: 'country', op: 'eq', value: 'DE' }] }] }
  const endpoint = await makeEndpoint(service, `${receiver.origin}/a`, { types: ['lead.created'], condition })
  const path = `/v1/webhook-endpoints/${endpoint.id}`
  await makeLead(service, { full_name: 'Sent', country: 'DE' })
  await service.drain()
  await service.call('PATCH', path, { state: 'disabled' })
  await makeLead(service, { full_name: 'Missed', country: 'DE' })
  await makeLead(service, { full_name: 'French', country: 'FR' })
  await service.drain()
  t.equal((await service.call('POST', `${path}/redeliver`, { from_sequence: 1 })).statusCode, 409)
  await service.call('PATCH', path, { state: 'enabled' })
  await service.drain()
  t.same(namesOf(receiver.received), ['Sent'])
  t.match(await redeliver(service, endpoint.id, { from_sequence: 1 }), { status: 'succeeded', result: { queued: 3 } })
  t.same(namesOf(receiver.received.slice(1)).sort(), ['Before', 'Missed', 'Sent'])
  await makeLead(service, { full_name: 'After', country: 'DE' })
  await service.drain()
  t.equal(namesOf(receiver.received).at(-1), 'After')
})

t.test('a range of time, and one with an end', async (t) => {
  const service = await testService(t, OPEN)
  const receiver = await startReceiver(t)
  for (const [i, full_name] of ['One', 'Two', 'Three'].entries()) {
    service.setNow(new Date(Date.UTC(2026, 0, i + 1)))
    await makeLead(service, { full_name })
  }
  service.setNow(null)
  const endpoint = await makeEndpoint(service, `${receiver.origin}/a`, { types: ['lead.created'] })
  await redeliver(service, endpoint.id, {
    created_after: '2026-01-02T00:00:00Z',
    created_before: '2026-01-03T00:00:00Z',
  })
  t.same(namesOf(receiver.received), ['Two'])
  const { data } = (await service.call('GET', '/v1/changes?types=lead.created')).json()
  await redeliver(service, endpoint.id, { to_sequence: data[0].sequence })
  t.same(namesOf(receiver.received), ['Two', 'One'])
})

t.test('only what failed is sent again, from the beginning of the schedule', async (t) => {
  const service = await testService(t, OPEN)
  const receiver = await startReceiver(t)
  receiver.answer('/a', status(500))
  const endpoint = await makeEndpoint(service, `${receiver.origin}/a`, { types: ['lead.created'] })
  await makeLead(service, { full_name: 'Lost' })
  for (const delay of TRY_DELAYS) {
    await passTime(service, delay * (1 + JITTER))
    await service.drain()
  }
  t.match(await deliveriesOf(service, endpoint.id), [{ state: 'failed', attempt_count: 10 }])
  receiver.answer('/a', status(204))
  await makeLead(service, { full_name: 'Fine' })
  await service.drain()
  t.match(await redeliver(service, endpoint.id, { only_failed: true }), { result: { queued: 1 } })
  t.same(namesOf(receiver.received.slice(10)), ['Fine', 'Lost'])
  t.match(await redeliver(service, endpoint.id, { only_failed: true }), { result: { queued: 0 } })
})

t.test('what contradicts itself or names nothing is refused', async (t) => {
  const service = await testService(t, OPEN)
  const receiver = await startReceiver(t)
  const endpoint = await makeEndpoint(service, `${receiver.origin}/a`)
  const other = await makeEndpoint(service, `${receiver.origin}/b`)
  const { id } = (await service.call('POST', `/v1/webhook-endpoints/${other.id}/test`, {})).json()
  const bad: [object, string][] = [
    [{}, ''],
    [{ only_failed: false }, ''],
    [{ delivery_ids: [id], only_failed: true }, '/delivery_ids'],
    [{ delivery_ids: [id] }, '/delivery_ids/0'],
    [{ delivery_ids: [] }, '/delivery_ids'],
    [{ from_sequence: 5, to_sequence: 4 }, '/to_sequence'],
    [{ created_after: '2026-02-30T00:00:00Z' }, '/created_after'],
    [{ created_after: '2026-02-02T00:00:00Z', created_before: '2026-02-01T00:00:00Z' }, '/created_before'],
  ]
  for (const [body, pointer] of bad) {
    const answer = await service.call('POST', `/v1/webhook-endpoints/${endpoint.id}/redeliver`, body)
    t.equal(answer.statusCode, 400, JSON.stringify(body))
    t.match(answer.json(), { errors: [{ pointer }] }, JSON.stringify(body))
  }
  const unknown = await service.call('POST', `/v1/webhook-endpoints/${endpoint.id}/test`, { type: 'lead.abducted' })
  t.match(unknown.json(), { code: 'validation_failed', errors: [{ pointer: '/type' }] })
})
