/** Statements with lists of ids are planned a few times for a connection, not at each run; those with words as before. */
import t from 'tap'
import { FlightClient, type Statement } from '../../src/db/flight.ts'
import { planOnce } from '../../src/db/plan-once.ts'
import { testDatabase } from '../helpers/database.ts'

t.test('what is put behind a subselect', (t) => {
  const becomes = (text: string, expected: string) => t.equal(planOnce(text), expected)
  becomes('id = ANY($2::uuid[]) AND x = $3', 'id = ANY((SELECT $2::uuid[])::uuid[]) AND x = $3')
  becomes(
    'FROM unnest($2::text[], $12::timestamptz[]) AS u',
    'FROM unnest((SELECT $2::text[])::text[], (SELECT $12::timestamptz[])::timestamptz[]) AS u',
  )
  for (const same of ['status = ANY($2::text[])', 'tags && $2::text[]', '$2::uuid[] IS NULL', 'unnest(l.tags)']) {
    becomes(same, same)
  }
  t.end()
})

t.test('PostgreSQL keeps one plan for any ids, and it finds the same rows', async (t) => {
  const { url } = await testDatabase(t)
  const client = new FlightClient({ connectionString: url })
  await client.connect()
  t.teardown(() => client.end())
  const run = async <Row>(text: string, values: unknown[] = []) =>
    (await client.fly<Row>({ name: text.slice(0, 63), text }, values)).rows
  await run('CREATE TABLE items (id uuid PRIMARY KEY, name text)')
  await run(`INSERT INTO items SELECT md5(n::text)::uuid, 'item ' || n FROM generate_series(1, 2000) AS n`)
  await run('ANALYZE items')
  const ids = (await run<{ id: string }>(`SELECT id FROM items ORDER BY name LIMIT 20`)).map(({ id }) => id)

  const one: Statement = { name: 'one', text: 'SELECT id FROM items WHERE id = ANY($1::uuid[])' }
  const rows: Statement = {
    name: 'rows',
    text: 'SELECT i.id FROM unnest($1::uuid[]) AS a (id) JOIN items i USING (id)',
  }
  for (const statement of [one, rows]) {
    for (const id of ids) t.strictSame((await client.fly(statement, [[id]])).rows, [{ id }])
    const all = (await client.fly<{ id: string }>(statement, [ids])).rows.map(({ id }) => id)
    t.strictSame(all.toSorted(), ids.toSorted())
    const [plans] = await run<{ custom: number; generic: number }>(
      'SELECT custom_plans::int AS custom, generic_plans::int AS generic FROM pg_prepared_statements WHERE name = $1',
      [statement.name],
    )
    t.strictSame(plans, { custom: 5, generic: 16 }, 'PostgreSQL tries five times')
  }
})
