import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { openDatabase, type Queryable } from '../../src/db/client.ts'
import { packageRoot } from '../../src/package-root.ts'
import { testDatabase } from '../helpers/database.ts'

const FILE = path.join(packageRoot(), 'migrations', 'schema.txt')

/** One part of the dump: a heading and the rows of a catalogue query. */
const PARTS: Record<string, string> = {
  columns: `SELECT format('%s.%s %s%s%s', table_name, column_name, udt_name, CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END,
      CASE WHEN column_default IS NULL THEN '' ELSE ' default ' || column_default END) AS line
    FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`,
  keys: `SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) AS line FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conrelid <> 0 ORDER BY conrelid::regclass::text, contype, conname`,
  indexes: `SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public' ORDER BY tablename, indexname`,
  policies: `SELECT format('%s %s to %s %s', tablename, policyname, array_to_string(roles, ','), cmd) AS line FROM pg_policies
    WHERE schemaname = 'public' ORDER BY tablename, policyname`,
  grants: `SELECT format('%s %s %s', grantee, table_name, string_agg(lower(privilege_type), ' ' ORDER BY privilege_type)) AS line
    FROM information_schema.role_table_grants WHERE table_schema = 'public' AND grantee LIKE 'leadwell_%' GROUP BY grantee, table_name ORDER BY 1`,
}

async function dump(db: Queryable): Promise<string> {
  let text =
    '# What the migrations make, read back from the catalogue; `UPDATE_SCHEMA=1 npm test -- test/db/schema-dump.test.ts` writes it.\n'
  for (const [name, query] of Object.entries(PARTS)) {
    const rows = await db.query<{ line: string }>(query)
    text += `\n## ${name}\n${rows.map(({ line }) => line).join('\n')}\n`
  }
  return text
}

t.test('the committed picture of the schema is what the migrations make', async (t) => {
  const { url } = await testDatabase(t)
  const db = openDatabase({ connectionString: url, max: 1, applicationName: 'test', statementTimeoutMs: 10_000 })
  t.teardown(() => db.close())
  const text = await dump(db)
  if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(FILE, text)
  t.equal(readFileSync(FILE, 'utf8'), text)
})
