// F2: the database is stopped as by a crash, and killed, under load. What was acknowledged is there; the service lives
// on, says 503 meanwhile and nothing else, and is back at once. Before that, the same harness must catch a database
// that acknowledges before it writes.
//
// Limit: killing processes keeps what they gave to the operating system, so a missing fsync cannot be caught this way;
// the service checks that setting when it starts instead.
import t from 'tap'
import { type DurableDatabase, durableDatabase } from '../helpers/durable-database.ts'
import { followFeed } from '../helpers/feed-reader.ts'
import { type Entry, openLedger, publishLoadForm, startLoad } from '../helpers/ledger.ts'
import { judge, waitUntil } from '../helpers/oracle.ts'
import { serviceProcess } from '../helpers/service-process.ts'

const ROUNDS = 6
/** Each round of the canary loses something nearly always; so many without a loss mean that the harness is blind. */
const CANARY_ROUNDS = 5
/** Longest answer while the database is away, and longest time until the service is back. */
const ANSWER_MS = 3_000
const BACK_MS = 5_000

const server = await durableDatabase(t)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const isAck = (entry: Entry) => entry.outcome === 'ack'

t.test('canary: a database that acknowledges before it writes is caught', async (t) => {
  await server.administer('CREATE DATABASE canary')
  await server.administer('ALTER DATABASE canary SET synchronous_commit = off')
  const service = await serviceProcess(t, { databaseUrl: server.url('canary'), env: { LEASE_SECONDS: '5' } })
  await service.start()
  await publishLoadForm(service)
  const ledger = await openLedger(t)
  let lost: string[] = []
  let round = 0
  while (lost.length === 0 && round++ < CANARY_ROUNDS) {
    const load = startLoad({ url: service.url, ledger, clients: 16, name: `round-${round}` })
    await waitForAcks(ledger.entries, 200)
    await server.stopImmediately()
    await server.start()
    await load.stop()
    lost = (await judge(ledger, { ...service, settleMs: 0 })).lost
  }
  t.comment(`${round} immediate stops, ${ledger.entries.filter(isAck).length} acknowledged, ${lost.length} lost`)
  t.ok(lost.length > 0)
})

t.test('immediate stops and kill -9 of the database lose nothing that was acknowledged', async (t) => {
  await server.administer('CREATE DATABASE leadwell')
  const options = { databaseUrl: server.url('leadwell'), env: { LEASE_SECONDS: '5' } }
  const service = await serviceProcess(t, { ...options, command: ['serve', '--no-work'] })
  const worker = await serviceProcess(t, { ...options, command: ['work'] })
  await service.start()
  await worker.start()
  await publishLoadForm(service)
  const ledger = await openLedger(t)
  const load = startLoad({ url: service.url, ledger, clients: 16 })
  const feed = followFeed(service)
  const backAfter: number[] = []

  for (let round = 0; round < ROUNDS; round++) {
    await waitForAcks(ledger.entries, 50)
    await pause(Math.random() * 500)
    await breakDatabase(server, round)
    await pause(500)
    await server.start()
    backAfter.push(await timeToAck(ledger.entries))
  }
  await load.stop()

  const { acked, ...faults } = await judge(ledger, { ...service, settleMs: 60_000 })
  const { seen, ...feedFaults } = await feed.stop()
  const answers = ledger.entries.filter((entry) => entry.outcome !== 'try')
  const slowest = Math.max(...answers.map((entry) => entry.ms))
  const longestAbsence = Math.max(...backAfter)
  t.comment(`${ROUNDS} rounds, ${acked} acknowledged, ${answers.length - acked} times 503, ${seen} changes read`)
  t.comment(`slowest answer ${Math.round(slowest)} ms, back after at most ${Math.round(longestAbsence)} ms`)
  t.strictSame(faults, { lost: [], phantom: [], doubled: [], stuck: [] })
  t.strictSame(feedFaults, { gaps: [], vanished: [] })
  t.strictSame(new Set(answers.map((entry) => entry.status)), new Set([202, 503]), 'stored or 503, nothing else')
  t.ok(slowest < ANSWER_MS, 'no answer takes long')
  t.ok(longestAbsence < BACK_MS, 'the service is back soon after the database')
  t.equal(service.exit(), undefined, 'the service never ended')
  t.equal(worker.exit(), undefined, 'nor did the worker')
})

async function breakDatabase(server: DurableDatabase, round: number): Promise<void> {
  if (round % 2 === 0) await server.stopImmediately()
  else server.kill()
}

/** Waits until so many more submissions have been acknowledged. */
async function waitForAcks(entries: Entry[], more: number): Promise<void> {
  const enough = entries.filter(isAck).length + more
  await waitUntil(async () => entries.filter(isAck).length >= enough, { limitMs: 30_000, lookMs: 20 })
}

/** Milliseconds until the next acknowledgement. */
async function timeToAck(entries: Entry[]): Promise<number> {
  const began = Date.now()
  const known = entries.length
  await waitUntil(async () => entries.slice(known).some(isAck), { limitMs: 30_000, lookMs: 20 })
  return Date.now() - began
}
