// F10: the volume of the data is full. Writes are a 503, reads work, and when space returns so do writes, without repair.
// A full volume of the write-ahead log stops PostgreSQL itself: that is the case of kill-database.test.ts.
import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs/promises'
import path from 'node:path'
import t, { type Test } from 'tap'
import { durableDatabase } from '../helpers/durable-database.ts'
import { openLedger, publishLoadForm, startLoad } from '../helpers/ledger.ts'
import { judge, waitUntil } from '../helpers/oracle.ts'
import { serviceProcess } from '../helpers/service-process.ts'

/** A new database with the schema takes about a third of it. */
const VOLUME_MB = 96

const server = await durableDatabase(t)
const volume = await mountVolume(t)
// Mounting needs root: an ordinary user can run every other test.
if (volume === undefined) t.pass('this account may not mount a small volume, so a full one cannot be tried')
else await t.test('a full volume refuses writes, allows reads, and recovers by itself', (t) => fillVolume(t, volume))

async function fillVolume(t: Test, volume: string): Promise<void> {
  await server.administer(`CREATE TABLESPACE small LOCATION '${volume}'`)
  await server.administer('CREATE DATABASE leadwell TABLESPACE small')
  const service = await serviceProcess(t, { databaseUrl: server.url('leadwell'), env: { LEASE_SECONDS: '5' } })
  await service.start()
  await publishLoadForm(service)
  const ledger = await openLedger(t)
  const load = startLoad({ url: service.url, ledger, clients: 8 })
  const count = (status: number) => ledger.entries.filter((entry) => entry.status === status).length
  await waitUntil(async () => count(202) >= 50, { limitMs: 20_000 })

  const ballast = path.join(volume, 'ballast')
  await writeUntilFull(ballast)
  await waitUntil(async () => count(503) >= 50, { limitMs: 20_000 })
  const read = await fetch(`${service.url}/v1/leads`, { headers: { authorization: `Bearer ${service.key}` } })
  t.equal(read.status, 200, 'reads work')

  const stored = count(202)
  await fs.rm(ballast)
  t.ok(await waitUntil(async () => count(202) > stored, { limitMs: 10_000 }), 'writes return with the space')
  await load.stop()
  const { acked, ...faults } = await judge(ledger, { ...service, settleMs: 60_000 })
  t.comment(`${acked} acknowledged, ${count(503)} refused with 503 while the volume was full`)
  t.strictSame(faults, { lost: [], phantom: [], doubled: [], stuck: [] })
  const statuses = ledger.entries.filter((entry) => entry.outcome !== 'try').map((entry) => entry.status)
  t.strictSame(new Set(statuses), new Set([202, 503]), 'stored or 503, nothing else')
}

/** A small volume that PostgreSQL's account may write to; undefined when this account may not mount one. */
async function mountVolume(t: Test): Promise<string | undefined> {
  const place = path.join(server.dir, 'small')
  await fs.mkdir(place)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${VOLUME_MB}m`, 'tmpfs', place]).status !== 0) return undefined
  t.teardown(() => spawnSync('umount', ['--lazy', place]))
  const { uid, gid } = await fs.stat(path.join(server.dir, 'pg18'))
  await fs.chown(place, uid, gid)
  return place
}

/** Coarse, then fine, so that not even a page is left. */
async function writeUntilFull(file: string): Promise<void> {
  for (const size of [1_048_576, 4_096]) {
    while (await append(file, size));
  }
}

async function append(file: string, size: number): Promise<boolean> {
  try {
    await fs.appendFile(file, Buffer.alloc(size))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false
    throw error
  }
}
