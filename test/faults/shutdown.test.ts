// P24: a stop finishes what was begun and starts nothing new, under load, with waiting requests, and in the middle of a start.
import * as fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import t from 'tap'
import { stopEmbedded } from '../../src/db/embedded.ts'
import { testDatabase } from '../helpers/database.ts'
import { openLedger, publishLoadForm, startLoad } from '../helpers/ledger.ts'
import { judge, waitUntil } from '../helpers/oracle.ts'
import { type ServiceProcess, serviceProcess } from '../helpers/service-process.ts'

const LIMIT_MS = 20_000
const ROUNDS = 3

t.test('SIGTERM under load fails no request that was under way', async (t) => {
  const { url: databaseUrl } = await testDatabase(t)
  // Shedding is not under test: on a busy machine it would refuse some of the load.
  const service = await serviceProcess(t, { databaseUrl, env: { SHED_DELAY_MS: '0' } })
  await service.start()
  await publishLoadForm(service)
  const ledger = await openLedger(t)
  const load = startLoad({ url: service.url, ledger, clients: 16 })
  for (let round = 0; round < ROUNDS; round++) {
    const known = ledger.entries.length
    await waitUntil(async () => ledger.entries.slice(known).filter(({ outcome }) => outcome === 'ack').length >= 100, {
      limitMs: 30_000,
    })
    const signalled = Date.now()
    t.strictSame(await service.end('SIGTERM'), { code: 0, signal: null })
    const took = Date.now() - signalled
    const failed = ledger.entries
      .slice(known)
      .filter(({ outcome, at, ms }) => outcome === 'unknown' && at - ms < signalled)
    t.comment(`stopped in ${took} ms`)
    t.ok(took < LIMIT_MS)
    t.strictSame(failed, [], 'every request that was sent before the signal was answered')
    await service.start()
  }
  await load.stop()
  const refusals = ledger.entries.filter(({ outcome }) => outcome === 'unknown')
  t.strictSame(
    refusals.filter(({ status }) => status !== 0),
    [],
    'later ones find nobody listening; none is answered with an error',
  )
  const { acked, ...faults } = await judge(ledger, { ...service, settleMs: 40_000 })
  t.comment(`${ROUNDS} stops, ${acked} acknowledged, ${refusals.length} connections refused`)
  t.strictSame(faults, { lost: [], phantom: [], doubled: [], stuck: [] })
})

t.test('SIGTERM answers requests that wait for something', async (t) => {
  const { url: databaseUrl } = await testDatabase(t)
  // Without a worker the outcome never comes.
  const service = await serviceProcess(t, { databaseUrl, command: ['serve', '--no-work'] })
  await service.start()
  const waiting = Promise.all([
    fetch(`${service.url}/v1/public/forms/demo/submissions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=30' },
      body: JSON.stringify({ full_name: 'Ada Lovelace', email: 'ada@example.org' }),
    }),
    fetch(`${service.url}/v1/changes?cursor=latest&wait_seconds=30`, {
      headers: { authorization: `Bearer ${service.key}` },
    }),
  ])
  const stored = async () => {
    const response = await fetch(`${service.url}/v1/form-submissions`, {
      headers: { authorization: `Bearer ${service.key}` },
    })
    return ((await response.json()) as { data: unknown[] }).data.length === 1
  }
  t.ok(await waitUntil(stored, { limitMs: 10_000 }))
  const signalled = Date.now()
  const ended = service.end('SIGTERM')
  t.strictSame(
    (await waiting).map(({ status }) => status),
    [202, 200],
  )
  t.strictSame(await ended, { code: 0, signal: null })
  t.ok(Date.now() - signalled < LIMIT_MS)
})

t.test('SIGTERM in the middle of a start undoes what was started', async (t) => {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'leadwell-faults-'))
  await fs.chmod(dir, 0o755)
  t.teardown(async () => {
    await stopEmbedded(dir, 'immediate')
    await fs.rm(dir, { recursive: true, force: true })
  })
  const service = await serviceProcess(t, { env: { DATA_DIR: dir, LOG_LEVEL: 'debug' } })
  await stopAfter(service, 'preparing the bundled PostgreSQL')
  t.strictSame(service.exit(), { code: 0, signal: null }, 'while the database is made')
  t.notOk(await stopEmbedded(dir), 'no database is left running')
  for (const phase of ['database', 'migrations', 'leadwell serve', 'service']) {
    await stopAfter(service, `"phase":"${phase}"`)
    t.strictSame(service.exit(), { code: 0, signal: null }, `after ${phase}`)
    t.notMatch(service.output(), /Leadwell is ready/)
    t.notOk(await stopEmbedded(dir), 'no database is left running')
  }
  await service.start()
  t.strictSame(await service.end('SIGTERM'), { code: 0, signal: null }, 'the next start works')
})

/** Starts the service, sends SIGTERM as soon as it prints the words, and waits for the end. */
async function stopAfter(service: ServiceProcess, words: string): Promise<void> {
  service.spawn()
  await waitUntil(async () => service.output().includes(words), { limitMs: 30_000, lookMs: 1 })
  await service.end('SIGTERM')
}
