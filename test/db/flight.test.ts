/** Statements that travel together: each gets its own answer, and a fault stops what stands behind it. */
import pg from 'pg'
import t, { type Test } from 'tap'
import { FlightClient } from '../../src/db/flight.ts'
import { testDatabase } from '../helpers/database.ts'

async function connect(t: Test): Promise<pg.Client & FlightClient> {
  const { url } = await testDatabase(t)
  const config: pg.ClientConfig & { pipeline: boolean } = {
    connectionString: url,
    pipeline: true,
    query_timeout: 1_000,
  }
  const client = new FlightClient(config) as pg.Client & FlightClient
  client.on('error', () => undefined)
  await client.connect()
  t.teardown(() => client.end())
  await client.query('CREATE TABLE notes (id int PRIMARY KEY, note text)')
  return client
}

const named = (text: string) => ({ name: text.slice(0, 63), text })
const INSERT = named('INSERT INTO notes VALUES ($1, $2)')
const ALL = named('SELECT id, note FROM notes ORDER BY id')
const FAILING = named('SELECT 1 / 0')

t.test('each statement gets its own rows, the same when its columns are known already', async (t) => {
  const client = await connect(t)
  const mixed =
    named(`SELECT n, CASE WHEN n > 1 THEN 'ä' || n END AS text, '{"a": [1]}'::jsonb AS json, $1::text[] AS list
    FROM generate_series(1, $2::int) AS n`)
  const runs = () =>
    Promise.all([client.fly(mixed, [['x', null], 2]), client.fly(INSERT, [1, null]), client.fly(mixed, [[], 0])])
  const row = (n: number, text: string | null) => ({ n, text, json: { a: [1] }, list: ['x', null] })
  const expected = [
    { rows: [row(1, null), row(2, 'ä2')], tag: 'SELECT 2' },
    { rows: [], tag: 'INSERT 0 1' },
    { rows: [], tag: 'SELECT 0' },
  ]
  t.strictSame(await runs(), expected)
  await client.fly(named('DELETE FROM notes'))
  t.strictSame(await runs(), expected)
})

t.test('all of a tick arrive together, in their order, also beside the way of the driver', async (t) => {
  const client = await connect(t)
  const moments = await Promise.all([
    client.fly(INSERT, [1, 'one']),
    client.fly(ALL),
    client.query('UPDATE notes SET note = upper(note)'),
    client.fly(ALL),
    client.query('DELETE FROM notes'),
    client.fly(ALL),
  ])
  const notes = (place: number) => moments[place]?.rows
  t.strictSame([notes(1), notes(3), notes(5)], [[{ id: 1, note: 'one' }], [{ id: 1, note: 'ONE' }], []])
})

t.test('long statements do not wait for the end of the tick, and keep their order', async (t) => {
  const client = await connect(t)
  const long = 'x'.repeat(50_000)
  await Promise.all(Array.from({ length: 20 }, (_, id) => client.fly(INSERT, [id, `${id} ${long}`])))
  const { rows } = await client.fly<{ id: number; note: string }>(ALL)
  t.ok(rows.every(({ id, note }, place) => id === place && note === `${id} ${long}`))
  t.equal(rows.length, 20)
})

t.test('what stands before a fault is answered, what stands behind it is not run and may be sent again', async (t) => {
  const client = await connect(t)
  const begin = client.fly(named('BEGIN'))
  const first = client.fly(INSERT, [1, 'one'])
  const rest = [client.fly(FAILING), client.fly(ALL), client.fly(named('COMMIT'))]
  t.equal((await begin).tag, 'BEGIN')
  t.equal((await first).tag, 'INSERT 0 1')
  for (const outcome of await Promise.allSettled(rest)) {
    t.match(outcome, { status: 'rejected', reason: { code: '22012' } })
  }
  await client.query('ROLLBACK')
  t.strictSame((await client.fly(ALL)).rows, [], 'its transaction was not committed')
  await t.rejects(client.fly(FAILING), { code: '22012' }, 'and the one that failed fails the same way again')
  await client.fly(INSERT, [1, 'again'])
  t.strictSame((await client.fly(ALL)).rows, [{ id: 1, note: 'again' }])
})

t.test('long names that begin alike are two statements', async (t) => {
  const client = await connect(t)
  const long = (end: string) => ({
    name: `list_things ${'by_some_filter '.repeat(5)}${end}`,
    text: `SELECT '${end}' AS end`,
  })
  for (let round = 0; round < 2; round++) {
    for (const end of ['first', 'second']) t.strictSame((await client.fly(long(end))).rows, [{ end }])
  }
  const { rows } = await client.query('SELECT name FROM pg_prepared_statements ORDER BY name')
  t.equal(rows.filter(({ name }) => name.startsWith('list_things')).length, 2, 'each is prepared once')
})

t.test('a statement that PostgreSQL cannot parse, and one name for two texts, are refused', async (t) => {
  const client = await connect(t)
  const crooked = named('SELEKT 1')
  await t.rejects(client.fly(crooked), { code: '42601' })
  await t.rejects(client.fly(crooked), { code: '42601' })
  await client.fly(ALL)
  await t.rejects(client.fly({ name: ALL.name, text: 'SELECT 2 AS two' }), { code: '42P05' })
  t.strictSame((await client.fly(ALL)).rows, [])
})

t.test('a value that cannot be written fails alone', async (t) => {
  const client = await connect(t)
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  const [bad, good] = await Promise.allSettled([client.fly(INSERT, [1, circular]), client.fly(INSERT, [2, 'two'])])
  t.match(bad, { status: 'rejected', reason: /circular/i })
  t.equal(good.status, 'fulfilled')
})

t.test('a row that cannot be read fails its statement, and no other', async (t) => {
  const client = await connect(t)
  client.setTypeParser(pg.types.builtins.INT8, () => {
    throw new Error('unreadable')
  })
  const [bad, good] = await Promise.allSettled([client.fly(named('SELECT 1::bigint AS n')), client.fly(ALL)])
  t.match(bad, { status: 'rejected', reason: /unreadable/ })
  t.equal(good.status, 'fulfilled')
})

t.test('when the connection breaks, everything under way fails, and so does what comes after', async (t) => {
  const client = await connect(t)
  const sleeping = [client.fly(named('SELECT pg_sleep(10)')), client.fly(ALL)]
  const { rows } = await client
    .fly<{ pid: number }>(named('SELECT pg_backend_pid() AS pid'))
    .catch(() => ({ rows: [] }))
  t.strictSame(rows, [], 'it stands behind the sleep in the same flight')
  for (const outcome of await Promise.allSettled(sleeping)) t.equal(outcome.status, 'rejected')
  await t.rejects(client.fly(ALL))
})
