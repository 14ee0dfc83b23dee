/** Brings a database to the newest schema. Safe to run from several processes at once and to be killed at any time. */
import path from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { packageRoot } from '../package-root.ts'

/** Any fixed number will do; it only must not be used for another lock in the same database. */
const MIGRATION_LOCK = 7217_2026

/** Applies every missing migration in one transaction, under a lock; `connectionString` must be a direct connection of the owner. */
export async function migrate(connectionString: string): Promise<void> {
  // Citus asks for sequential DDL when foreign keys are involved; a plain server keeps an unknown prefixed setting quietly.
  const client = new pg.Client({ connectionString, options: '-c citus.multi_shard_modify_mode=sequential' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query("set client_min_messages = 'warning'")
    await applyMigrations(drizzle(client), { migrationsFolder: path.join(packageRoot(), 'migrations') })
  } finally {
    await client.end()
  }
}
