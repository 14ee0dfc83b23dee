/** The database as a server: schema, roles and fences, durability, clock, connections, old transactions. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Config } from '../../config.ts'
import { type Db, sqlStateOf } from '../../db/client.ts'
import { findDurabilityFaults, readDurability } from '../../db/durability.ts'
import { findFenceFaults, findRoleFaults } from '../../db/fences.ts'
import { packageRoot } from '../../package-root.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** Whether the database has the schema of this release. */
export async function checkSchema(db: Db): Promise<Finding[]> {
  const journal = JSON.parse(await readFile(path.join(packageRoot(), 'migrations', 'meta', '_journal.json'), 'utf8'))
  const known: number = journal.entries.length
  const applied = await countMigrations(db)
  const says = `${applied} of ${known} migrations`
  if (applied < known) return [warn('schema', says, 'Run `leadwell migrate`; a start of the service does it too.')]
  if (applied > known) return [fail('schema', `${says}: newer than this release`, 'Run the release that migrated it.')]
  return [ok('schema', `${known} migrations`)]
}

async function countMigrations(db: Db): Promise<number> {
  const [table] = await db.query<{ name: string | null }>("SELECT to_regclass('drizzle.__drizzle_migrations') AS name")
  if (table?.name == null) return 0
  const [row] = await db.query<{ count: number }>('SELECT count(*) AS count FROM drizzle.__drizzle_migrations')
  return row?.count ?? 0
}

/** Whether one workspace can ever see another. */
export async function checkFences(db: Db): Promise<Finding[]> {
  const roles = await findRoleFaults(db)
  if (roles.length > 0) {
    return roles.map((says) => fail('roles', says, 'Run `leadwell migrate` as the owner, or grant the role by hand.'))
  }
  const { fenced, faults } = await findFenceFaults(db)
  if (faults.length === 0) return [ok('fences', `${fenced} tables, each closed between workspaces`)]
  return faults.map((says) => fail('fences', says, 'Put it right as migrations/0000_create_fences.sql does.'))
}

/** Whether what was confirmed stays. */
export async function checkDurability(db: Db): Promise<Finding[]> {
  const settings = await readDurability(db)
  const faults = findDurabilityFaults(settings)
  if (faults.length > 0) {
    const what = faults.join(' and ')
    return [fail('durability', `${what} off: confirmed submissions can be lost`, `Turn ${what} on in postgresql.conf.`)]
  }
  if (settings.full_page_writes === 'off') {
    const advice = 'Turn it on unless the file system writes whole pages (ZFS): a crash can tear pages.'
    return [warn('durability', 'full_page_writes is off', advice)]
  }
  return [ok('durability', `fsync on, synchronous_commit ${settings.synchronous_commit}, full_page_writes on`)]
}

/** Leases, due times and expiry follow the database's clock, everything else the node's (P19). */
const MOST_SKEW_MS = 2_000

/** Whether both clocks agree. */
export async function checkClock(db: Db): Promise<Finding[]> {
  const before = Date.now()
  const [row] = await db.query<{ ms: number }>('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms')
  const after = Date.now()
  const skew = Math.round(Number(row?.ms) - (before + after) / 2)
  const says = `database and node differ by ${Math.abs(skew)} ms`
  return Math.abs(skew) < MOST_SKEW_MS
    ? [ok('clock', says)]
    : [fail('clock', says, 'Set both clocks by NTP: due work starts early or late until then.')]
}

/** Connections of the job queue and of one look by hand. */
const OTHER_CONNECTIONS = 5

/** Whether the pools of one process fit into what the server gives. */
export async function checkConnections(db: Db, config: Config): Promise<Finding[]> {
  const [row] = await db.query<{ used: number; most: number }>(
    `SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most`,
  )
  const { used = 0, most = 0 } = row ?? {}
  const wanted = config.DATABASE_POOL_SIZE + config.WORKER_POOL_SIZE + OTHER_CONNECTIONS
  const says = `${used} of ${most} in use; one process takes up to ${wanted}`
  if (wanted > most - used) {
    return [warn('connections', says, 'Raise max_connections, lower the pool sizes, or put PgBouncer in between.')]
  }
  return [ok('connections', says)]
}

const PROBE = { name: 'doctor_probe', text: 'SELECT 1 AS one' }

/** Whether what stands between us and PostgreSQL, if anything, lets named statements and time limits through. */
export async function checkPooler(db: Db): Promise<Finding[]> {
  const [first, second] = [await db.pool.connect(), await db.pool.connect()]
  try {
    await first.query(PROBE)
    // Behind a pooler this takes the connection on which the statement was just prepared; ours must move to another.
    await second.query('BEGIN')
    await first.query(PROBE)
    const [limits] = (await first.query<{ none: boolean }>("SELECT current_setting('statement_timeout') = '0' AS none"))
      .rows
    if (limits?.none === false) return [ok('pooler', 'named statements and time limits arrive')]
    const advice = 'Set them for the login: ALTER ROLE … SET statement_timeout, lock_timeout (examples/pgbouncer).'
    return [warn('pooler', 'time limits do not arrive at the server', advice)]
  } catch (error) {
    const advice = 'Use PgBouncer 1.21 or later with max_prepared_statements above 0 (examples/pgbouncer).'
    if (LOST_STATEMENT.includes(sqlStateOf(error) ?? '')) return [fail('pooler', 'named statements get lost', advice)]
    throw error
  } finally {
    await second.query('ROLLBACK')
    first.release()
    second.release()
  }
}

/** The statement does not exist, or exists already, on the connection that was given to us. */
const LOST_STATEMENT = ['26000', '42P05']

/** Vacuum and the job queue suffer from minutes on; an hour is always a forgotten session (S13). */
const OLD_SECONDS = 300
const FORGOTTEN_SECONDS = 3_600

/** The transaction that has been open for longest, prepared ones included. */
export async function checkTransactions(db: Db): Promise<Finding[]> {
  const [row] = await db.query<{ seconds: number; who: string }>(
    `SELECT extract(epoch FROM now() - began)::int AS seconds, who FROM (
        SELECT xact_start AS began, coalesce(nullif(application_name, ''), 'pid ' || pid) AS who FROM pg_stat_activity
        WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend'
        UNION ALL SELECT prepared, 'prepared ' || gid FROM pg_prepared_xacts) AS open
      ORDER BY began LIMIT 1`,
  )
  if (row === undefined || row.seconds < OLD_SECONDS) return [ok('transactions', 'none is open for long')]
  const says = `one has been open for ${Math.round(row.seconds / 60)} min (${row.who})`
  const advice = 'End that session: nothing is cleaned up behind it, and the queue gets slower.'
  return [row.seconds < FORGOTTEN_SECONDS ? warn('transactions', says, advice) : fail('transactions', says, advice)]
}
