import t from 'tap'
import { openDatabase } from '../../src/db/client.ts'
import { watchYoungTables } from '../../src/db/young-tables.ts'
import { testDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/oracle.ts'

t.test('a table that grows from nothing gets statistics long before autovacuum looks', async (t) => {
  const { url } = await testDatabase(t)
  const db = openDatabase({ connectionString: url, max: 2, applicationName: 'test', statementTimeoutMs: 10_000 })
  const faults: unknown[] = []
  const watch = watchYoungTables(db, (error) => faults.push(error))
  t.teardown(async () => {
    await watch.stop()
    await db.close()
  })
  await db.query('CREATE TABLE public.young (n integer)')
  await db.query('INSERT INTO public.young SELECT generate_series(1, 5000)')
  const rowsKnown = async () =>
    (await db.query<{ rows: number }>(`SELECT reltuples AS rows FROM pg_class WHERE relname = 'young'`))[0]?.rows
  t.equal(await rowsKnown(), -1, 'nothing is known at first')
  await waitUntil(async () => (await rowsKnown()) === 5000, { limitMs: 20_000 })
  t.strictSame(faults, [])
})
