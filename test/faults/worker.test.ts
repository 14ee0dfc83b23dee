// F4 and F5: workers killed and frozen in the middle of a batch, and the queue lost as a whole. Each submission has
// exactly one effect, whoever finished it.
import pg from 'pg'
import t, { type Test } from 'tap'
import { testDatabase } from '../helpers/database.ts'
import { openLedger, publishLoadForm, startLoad, submit } from '../helpers/ledger.ts'
import { judge, waitUntil } from '../helpers/oracle.ts'
import { serviceProcess } from '../helpers/service-process.ts'

const CLEAN = { lost: [], phantom: [], doubled: [], stuck: [] }
/** Short, so that a take-over is awaited in seconds. */
const env = { LEASE_SECONDS: '2' }
const ROUNDS = 3
/** Of the frozen worker: all in one batch. */
const SUBMISSIONS = 30

t.test('workers killed in the middle of their batches', async (t) => {
  const { url: databaseUrl } = await testDatabase(t)
  const observer = await connect(t, databaseUrl)
  const service = await serviceProcess(t, { databaseUrl, command: ['serve', '--no-work'] })
  await service.start()
  await publishLoadForm(service)
  const workers = [
    await serviceProcess(t, { databaseUrl, command: ['work'], env }),
    await serviceProcess(t, { databaseUrl, command: ['work'], env }),
  ]
  await Promise.all(workers.map((worker) => worker.start()))
  const ledger = await openLedger(t)
  const load = startLoad({ url: service.url, ledger, clients: 4 })

  for (let round = 0; round < ROUNDS; round++) {
    const release = await holdBatches(observer, 'change_counters')
    await Promise.all(workers.map((worker) => worker.end('SIGKILL')))
    await release()
    await Promise.all(workers.map((worker) => worker.start()))
  }
  await load.stop()

  const { acked, ...faults } = await judge(ledger, { ...service, settleMs: 60_000 })
  t.comment(`${ROUNDS} times 2 workers killed, ${acked} acknowledged`)
  t.strictSame(faults, CLEAN)
  t.strictSame(await countEffects(observer), exactlyOnce(acked))
})

t.test('a worker frozen past its lease writes nothing when it wakes up', async (t) => {
  const { url: databaseUrl } = await testDatabase(t)
  const observer = await connect(t, databaseUrl)
  const service = await serviceProcess(t, { databaseUrl, command: ['serve', '--no-work'] })
  await service.start()
  await publishLoadForm(service)
  const ledger = await openLedger(t)
  await Promise.all(numbers(SUBMISSIONS).map((n) => submit(service.url, ledger, `key-${n}`, `${n % 20}@example.org`)))

  // A worker that also serves, so that its metrics can be read.
  const zombie = await serviceProcess(t, { databaseUrl, env })
  const release = await holdBatches(observer, 'identities', () => zombie.start())
  zombie.signal('SIGSTOP')
  await release()
  const worker = await serviceProcess(t, { databaseUrl, command: ['work'], env })
  await worker.start()
  const before = await judge(ledger, { ...service, settleMs: 40_000 })
  const changes = await countChanges(observer)
  zombie.signal('SIGCONT')
  await waitUntil(async () => (await staleWrites(zombie.url)) >= SUBMISSIONS, { limitMs: 30_000 })

  t.strictSame(before, { acked: SUBMISSIONS, ...CLEAN }, 'the other worker took them over')
  t.equal(await staleWrites(zombie.url), SUBMISSIONS, 'each late completion was refused and counted')
  t.equal(await countChanges(observer), changes, 'and nothing of it was written')
  t.strictSame(await judge(ledger, { ...service, settleMs: 0 }), before)
  t.strictSame(await countEffects(observer), exactlyOnce(SUBMISSIONS))
})

t.test('losing the whole queue loses nothing', async (t) => {
  const { url: databaseUrl } = await testDatabase(t)
  const observer = await connect(t, databaseUrl)
  const service = await serviceProcess(t, { databaseUrl, command: ['serve', '--no-work'] })
  await service.start()
  await publishLoadForm(service)
  const worker = await serviceProcess(t, { databaseUrl, command: ['work'], env })
  await worker.start()
  const ledger = await openLedger(t)
  const load = startLoad({ url: service.url, ledger, clients: 4 })
  await waitUntil(async () => (await countEffects(observer)).receipts > 20, { limitMs: 20_000 })
  await observer.query('DROP SCHEMA pgboss CASCADE')
  await submit(service.url, ledger, 'after the loss', 'after@example.org')
  await load.stop()
  t.equal(worker.exit(), undefined, 'the worker lives on')

  await worker.end('SIGTERM')
  await worker.start()
  const { acked, ...faults } = await judge(ledger, { ...service, settleMs: 60_000 })
  t.comment(`queue dropped under load, ${acked} acknowledged`)
  t.strictSame(faults, CLEAN)
  t.strictSame(await countEffects(observer), exactlyOnce(acked))
})

async function connect(t: Test, url: string): Promise<pg.Client> {
  const client = new pg.Client(url)
  await client.connect()
  t.teardown(() => client.end())
  return client
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)

/** Locks a table that every batch needs, does `meanwhile`, and waits until a worker hangs there. Returns the release. */
async function holdBatches(
  observer: pg.Client,
  table: string,
  meanwhile: () => Promise<void> = async () => {},
): Promise<() => Promise<unknown>> {
  await observer.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`)
  await meanwhile()
  const isHanging = async () => {
    const { rows } = await observer.query(`SELECT FROM pg_locks WHERE relation = '${table}'::regclass AND NOT granted`)
    return rows.length > 0
  }
  if (!(await waitUntil(isHanging, { limitMs: 20_000 }))) throw new Error(`no worker came to ${table}`)
  return () => observer.query('COMMIT')
}

interface Effects {
  submissions: number
  activities: number
  receipts: number
}

const exactlyOnce = (count: number): Effects => ({ submissions: count, activities: count, receipts: count })

async function countEffects(observer: pg.Client): Promise<Effects> {
  const { rows } = await observer.query(`SELECT (SELECT count(*)::int FROM form_submissions) AS submissions,
    (SELECT count(*)::int FROM activities WHERE type = 'form_submitted') AS activities,
    (SELECT count(*)::int FROM receipts WHERE kind = 'match') AS receipts`)
  return rows[0]
}

async function countChanges(observer: pg.Client): Promise<number> {
  return (await observer.query('SELECT count(*)::int AS count FROM changes')).rows[0].count
}

async function staleWrites(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^stale_lease_writes_total (\d+)/m.exec(metrics)?.[1])
}
