// Writers of the change feed killed at the worst moment: with a number in hand, before the commit. A reader meanwhile
// sees every number once, in order, and none is taken back.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import pg from 'pg'
import t from 'tap'
import { testDatabase } from '../helpers/database.ts'
import { followFeed } from '../helpers/feed-reader.ts'
import { waitUntil } from '../helpers/oracle.ts'
import { serviceProcess } from '../helpers/service-process.ts'

const ROUNDS = 4

/**
 * Sixteen writers without end. Each holds its transaction 0 to 2 s; then half of them hold their number for a few
 * milliseconds, and the others commit together with it.
 */
const writers = (databaseUrl: string, workspaceId: string) => `
  import { openDatabase, withWorkspace } from ${JSON.stringify(new URL('../../src/db/client.js', import.meta.url))}
  import { recordChange } from ${JSON.stringify(new URL('../../src/changes/record-change.js', import.meta.url))}
  const db = openDatabase({ connectionString: '${databaseUrl}', max: 16, applicationName: 'writers', statementTimeoutMs: 20000 })
  const change = { type: 'lead.updated', object_id: '${workspaceId}', actor: 'writer', origin: null,
    occurred_at: new Date().toISOString(), object: {}, changed_fields: [], previous: {} }
  const hold = (tx, ms) => tx.query('SELECT pg_sleep($1)', [ms / 1000])
  for (let i = 0; i < 16; i++) void (async () => {
    for (;;) await withWorkspace(db, '${workspaceId}', async (tx) => {
      recordChange(tx, change)
      if (i % 2 === 0) tx.beforeCommit({ run: () => hold(tx, 20) })
      await hold(tx, Math.random() * 2000)
    })
  })()
  process.on('disconnect', () => process.exit(1))`

t.test('killed writers leave no gap in the feed', async (t) => {
  const { url: databaseUrl } = await testDatabase(t)
  const observer = new pg.Client(databaseUrl)
  await observer.connect()
  t.teardown(() => observer.end())
  const service = await serviceProcess(t, { databaseUrl, command: ['serve', '--no-work'] })
  await service.start()
  const { rows } = await observer.query('SELECT default_workspace_id AS id FROM installation')
  const feed = followFeed(service)

  for (let round = 0; round < ROUNDS; round++) {
    const program = ['--input-type=module', '--eval', writers(databaseUrl, rows[0].id)]
    const child = spawn(process.execPath, program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const ended = once(child, 'exit')
    t.teardown(() => child.kill('SIGKILL'))
    const goal = (await lastNumber(observer)) + 40
    await waitUntil(async () => (await lastNumber(observer)) >= goal, { limitMs: 30_000 })
    child.kill('SIGKILL')
    await ended
  }
  await waitUntil(async () => (await countWriters(observer)) === 0, { limitMs: 10_000 })

  const { seen, ...faults } = await feed.stop()
  const last = await lastNumber(observer)
  t.comment(`${ROUNDS} kills of 16 writers, ${last} changes`)
  t.ok(last >= ROUNDS * 40)
  t.equal(seen, last, 'the reader saw all')
  t.strictSame(faults, { gaps: [], vanished: [] })
})

async function lastNumber(observer: pg.Client): Promise<number> {
  const { rows } = await observer.query('SELECT max(last_sequence)::int AS last FROM change_counters')
  return rows[0]?.last ?? 0
}

/** Sessions of killed writers end when their statement does. */
async function countWriters(observer: pg.Client): Promise<number> {
  const { rows } = await observer.query(
    "SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'writers' AND datname = current_database()",
  )
  return rows[0].count
}
