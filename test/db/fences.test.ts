import t from 'tap'
import { openDatabase, readInWorkspace, runInWorkspace, sweep, withWorkspace } from '../../src/db/client.ts'
import { testDatabase } from '../helpers/database.ts'
import { testService } from '../helpers/service.ts'

/** Look-ups that are read before the tenant is known; everything else belongs to a workspace. */
const GLOBAL_TABLES = ['api_key_hashes', 'form_addresses', 'installation']

t.test('every tenant table is fenced, keyed by its workspace, and out of reach of the owner', async (t) => {
  const { url } = await testDatabase(t)
  const db = openDatabase({ connectionString: url, max: 2, applicationName: 'test', statementTimeoutMs: 10_000 })
  t.teardown(() => db.close())
  const tables = await db.query<{ name: string; enabled: boolean; forced: boolean; policies: number }>(
    `SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
       (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
     FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition`,
  )
  const tenant = tables.filter(({ name }) => !GLOBAL_TABLES.includes(name))
  t.ok(tenant.length > 10)
  for (const table of tenant) {
    t.match(table, { enabled: true, forced: true }, `${table.name} has forced row-level security`)
    t.ok(table.policies >= 1, `${table.name} has a policy`)
  }
  const keys = await db.query<{ table: string; kind: string; first: string }>(
    `SELECT k.conrelid::regclass::text AS table, k.contype AS kind, a.attname AS first FROM pg_constraint k
     JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
     WHERE k.connamespace = 'public'::regnamespace AND k.contype IN ('p', 'u', 'f')`,
  )
  for (const key of keys.filter(({ table }) => !GLOBAL_TABLES.includes(table))) {
    const wanted = key.table === 'workspaces' ? 'id' : 'workspace_id'
    t.equal(key.first, wanted, `a ${key.kind} key of ${key.table} begins with the workspace`)
  }
  const unique = await db.query<{ table: string; first: string }>(
    `SELECT i.indrelid::regclass::text AS table, a.attname AS first FROM pg_index i
     JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = 'public'::regnamespace
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indisunique`,
  )
  for (const { table, first } of unique.filter((index) => !GLOBAL_TABLES.includes(index.table))) {
    t.ok(first === 'workspace_id' || table === 'workspaces', `unique index of ${table} begins with the workspace`)
  }
  const roles = await db.query<{ rolsuper: boolean; rolbypassrls: boolean; owns: number; truncates: boolean }>(
    `SELECT rolsuper, rolbypassrls, (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid) AS owns,
       has_table_privilege(r.rolname, 'leads', 'TRUNCATE') AS truncates
     FROM pg_roles r WHERE rolname IN ('leadwell_app', 'leadwell_sweep')`,
  )
  t.same(roles, Array(2).fill({ rolsuper: false, rolbypassrls: false, owns: 0, truncates: false }))
  const triggers = await db.query(`SELECT 1 FROM pg_trigger WHERE NOT tgisinternal`)
  t.same(triggers, [], 'there are no triggers')
})

t.test('rows of another workspace do not exist', async (t) => {
  const { ctx, workspaceId, call, makeWorkspace } = await testService(t)
  const other = await makeWorkspace()
  const lead = (await call('POST', '/v1/leads', { email: 'ada@example.org' })).json()
  t.match(lead, { email: 'ada@example.org' })
  const count = { name: 'count_leads_test', text: 'SELECT count(*) AS count FROM leads WHERE $1::uuid IS NOT NULL' }
  t.same(await readInWorkspace(ctx.db, workspaceId, count, [workspaceId]), [{ count: 1 }])
  t.same(
    await readInWorkspace(ctx.db, other.workspaceId, count, [workspaceId]),
    [{ count: 0 }],
    'even when the statement forgets the workspace',
  )
  const foreign = {
    name: 'foreign_insert_test',
    text: `INSERT INTO change_counters (workspace_id, last_sequence) VALUES ($1, 0)`,
  }
  await t.rejects(
    withWorkspace(ctx.db, other.workspaceId, (tx) => tx.query(foreign, ['00000000-0000-7000-8000-000000000001'])),
    { code: '42501' },
  )
  const read = { name: 'sweep_leads_test', text: 'SELECT 1 FROM leads LIMIT $1' }
  await t.rejects(sweep(ctx.db, read, [1]), { code: '42501' }, 'a sweep reads due work only')
  await t.rejects(
    withWorkspace(ctx.db, `' OR true --`, async () => undefined),
    /uuid/,
  )
})

t.test('a failed statement rolls its transaction back and leaves the connection usable', async (t) => {
  const { ctx, workspaceId, call } = await testService(t)
  const bad = { name: 'divide_by_zero_test', text: 'SELECT 1 / $1::int' }
  const good = { name: 'say_one_test', text: 'SELECT $1::int AS one' }
  for (let round = 0; round < 12; round++) {
    await t.rejects(
      runInWorkspace(ctx.db, workspaceId, [
        { statement: good, values: [1] },
        { statement: bad, values: [0] },
      ]),
      { code: '22012' },
    )
    t.same(await readInWorkspace(ctx.db, workspaceId, good, [round]), [{ one: round }])
  }
  t.equal((await call('GET', '/v1/leads')).statusCode, 200)
})
