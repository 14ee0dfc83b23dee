// F7 and P11: 500 endpoints, 50 of which never answer. Those who answer hear of a change within two seconds (p99); and a
// change for one endpoint is there within a second. The real service, serving and working, in a process of its own.
import t, { type Test } from 'tap'
import { testDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/oracle.ts'
import { type ServiceProcess, serviceProcess } from '../helpers/service-process.ts'
import { hang, type Received, startReceiver } from '../helpers/webhook-receiver.ts'

const ENDPOINTS = 500
const HANGING = 50
const CHANGES = 6
/** Between two changes: those who hang have not timed out when the last one comes. */
const PAUSE_MS = 700
const TIMEOUT_MS = 10_000

async function startService(t: Test): Promise<ServiceProcess> {
  const { url: databaseUrl } = await testDatabase(t)
  const env = { WEBHOOK_ALLOW_PRIVATE: 'true', WEBHOOK_TIMEOUT_MS: String(TIMEOUT_MS) }
  const service = await serviceProcess(t, { databaseUrl, env })
  await service.start()
  return service
}

async function post(service: ServiceProcess, path: string, body: object): Promise<{ id: string }> {
  const response = await fetch(`${service.url}/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${service.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (response.status !== 201) throw new Error(await response.text())
  return (await response.json()) as { id: string }
}

/** The value below which a share of all lies. */
const percentile = (values: number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.POSITIVE_INFINITY

const summary = (delays: number[]) =>
  [0.5, 0.99, 1].map((share) => `p${share * 100} ${percentile(delays, share).toFixed(0)} ms`).join(', ')

t.test('a change reaches its receiver within a second', async (t) => {
  const service = await startService(t)
  const receiver = await startReceiver(t)
  await post(service, '/webhook-endpoints', { url: `${receiver.origin}/quick`, types: ['lead.created'] })
  const delays: number[] = []
  for (let i = 0; i < 20; i++) {
    const began = performance.now()
    await post(service, '/leads', { full_name: 'Ada' })
    t.ok(await waitUntil(async () => receiver.received.length > i, { limitMs: 10_000, lookMs: 2 }))
    delays.push((receiver.received[i]?.at ?? Number.POSITIVE_INFINITY) - began)
  }
  t.comment(`from request to receiver: ${summary(delays)}`)
  t.ok(percentile(delays, 0.95) < 1_000)
})

t.test('500 endpoints, 50 hanging: nobody else waits', async (t) => {
  const service = await startService(t)
  const receiver = await startReceiver(t)
  for (let i = 0; i < ENDPOINTS; i++) {
    const isHanging = i % (ENDPOINTS / HANGING) === 0
    const path = `/${isHanging ? 'hangs' : 'takes'}/${i}`
    if (isHanging) receiver.answer(path, hang)
    await post(service, '/webhook-endpoints', { url: receiver.origin + path, types: ['lead.created'] })
  }
  const began = new Map<string, number>()
  for (let i = 0; i < CHANGES; i++) {
    const at = performance.now()
    began.set((await post(service, '/leads', { full_name: 'Ada' })).id, at)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  const taken = () => receiver.received.filter(({ path }) => path.startsWith('/takes'))
  const wanted = CHANGES * (ENDPOINTS - HANGING)
  t.ok(
    await waitUntil(async () => taken().length >= wanted, { limitMs: 60_000 }),
    'everybody who answers got everything',
  )
  const delays = taken().map(({ body, at }: Received) => at - (began.get(JSON.parse(body).object_id) ?? 0))
  t.comment(`${wanted} deliveries: ${summary(delays)}`)
  t.ok(percentile(delays, 0.99) < 2_000, 'within two seconds (p99)')
  t.equal(taken().length, wanted, 'and nothing twice')
  const hanging = receiver.received.length - taken().length
  t.ok(hanging <= HANGING * 2, `those who hang have at most two calls open each (${hanging})`)
})
