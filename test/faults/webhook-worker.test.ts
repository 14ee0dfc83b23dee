// Workers killed and frozen in the middle of a call: what was on its way comes again, by the same id, and an attempt is
// never made twice while its lease holds.
import t, { type Test } from 'tap'
import { testDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/oracle.ts'
import { type ServiceProcess, serviceProcess } from '../helpers/service-process.ts'
import { hang, type Receiver, startReceiver, verify } from '../helpers/webhook-receiver.ts'

/** Leases of three seconds: two for the call, one for the rest. */
const env = { LEASE_SECONDS: '1', WEBHOOK_TIMEOUT_MS: '2000', WEBHOOK_ALLOW_PRIVATE: 'true' }
const LEASE_MS = 3_000

/** An answer of the service; its parts are named where they are looked at. */
interface Answer {
  id: string
  secret: string
  state: string
  attempt_count: number
  attempts: unknown[]
  data: Answer[]
}

async function call(service: ServiceProcess, method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(service.url + path, {
    method,
    headers: { authorization: `Bearer ${service.key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return (await response.json()) as Answer
}

/** A service without workers, an endpoint of the receiver, and workers that are not started yet. */
async function stage(t: Test, workers: number) {
  const { url: databaseUrl } = await testDatabase(t)
  const service = await serviceProcess(t, { databaseUrl, command: ['serve', '--no-work'], env })
  await service.start()
  const receiver = await startReceiver(t)
  const url = `${receiver.origin}/hook`
  const endpoint = await call(service, 'POST', '/v1/webhook-endpoints', { url, types: ['lead.created'] })
  const crew = await Promise.all(
    Array.from({ length: workers }, () => serviceProcess(t, { databaseUrl, command: ['work'], env })),
  )
  return { databaseUrl, service, receiver, endpoint, crew }
}

const arrived = (receiver: Receiver, count: number) =>
  waitUntil(async () => receiver.received.length >= count, { limitMs: 20_000, lookMs: 5 })

t.test('a worker killed in the middle of a call: another one calls again, by the same id', async (t) => {
  const { service, receiver, endpoint, crew } = await stage(t, 2)
  const [first, second] = crew as [ServiceProcess, ServiceProcess]
  receiver.answer('/hook', hang)
  await first.start()
  await call(service, 'POST', '/v1/leads', { full_name: 'Ada' })
  t.ok(await arrived(receiver, 1))
  await first.end('SIGKILL')
  const killed = performance.now()
  receiver.answer('/hook', (_received, response) => response.end())
  await second.start()
  t.ok(await arrived(receiver, 2))
  const [before, after] = receiver.received
  if (before === undefined || after === undefined) throw new Error('it did not come again')
  t.equal(after.headers['webhook-id'], before.headers['webhook-id'])
  t.equal(after.body, before.body)
  t.ok(verify(endpoint.secret, after))
  t.ok(after.at - before.at > LEASE_MS - 1_000, 'not while the lease of the dead one held')
  t.ok(after.at - killed < 15_000)
  const isDone = async () => {
    const { data } = await call(service, 'GET', `/v1/webhook-deliveries?endpoint_id=${endpoint.id}`)
    return data.length === 1 && data[0]?.state === 'delivered' && data[0].attempt_count === 2
  }
  t.ok(await waitUntil(isDone, { limitMs: 10_000 }))
})

t.test('two workers and a burst: every change comes once', async (t) => {
  const { service, receiver, crew } = await stage(t, 2)
  await Promise.all(crew.map((worker) => worker.start()))
  const items = Array.from({ length: 200 }, (_, i) => ({ full_name: `Lead ${i}`, email: `burst-${i}@example.org` }))
  await call(service, 'POST', '/v1/leads/batch/upsert', { items })
  t.ok(await arrived(receiver, items.length))
  const isQuiet = async () => {
    const { data } = await call(service, 'GET', '/v1/webhook-deliveries?state=pending')
    return data.length === 0
  }
  t.ok(await waitUntil(isQuiet, { limitMs: 10_000 }))
  t.equal(receiver.received.length, items.length)
  t.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, items.length)
})

t.test('a worker frozen past its lease writes nothing over what another has done', async (t) => {
  const { databaseUrl, service, receiver, endpoint, crew } = await stage(t, 1)
  const [worker] = crew as [ServiceProcess]
  // One that also serves, so that its metrics can be read.
  const zombie = await serviceProcess(t, { databaseUrl, env })
  receiver.answer('/hook', hang)
  await zombie.start()
  await call(service, 'POST', '/v1/leads', { full_name: 'Ada' })
  t.ok(await arrived(receiver, 1))
  zombie.signal('SIGSTOP')
  receiver.answer('/hook', (_received, response) => response.end())
  await worker.start()
  t.ok(await arrived(receiver, 2))
  const list = async () => (await call(service, 'GET', `/v1/webhook-deliveries?endpoint_id=${endpoint.id}`)).data[0]
  t.ok(await waitUntil(async () => (await list())?.state === 'delivered', { limitMs: 10_000 }))
  zombie.signal('SIGCONT')
  const staleWrites = async () => {
    const metrics = await (await fetch(`${zombie.url}/metrics`)).text()
    return Number(/^stale_lease_writes_total (\d+)/m.exec(metrics)?.[1])
  }
  t.ok(await waitUntil(async () => (await staleWrites()) === 1, { limitMs: 15_000 }), 'its late result was refused')
  const { state, attempts } = await call(service, 'GET', `/v1/webhook-deliveries/${(await list())?.id}`)
  t.match({ state, attempts }, { state: 'delivered', attempts: [{ number: 2, status: 200 }] })
  t.equal(attempts.length, 1)
  t.equal(receiver.received.length, 2)
})
