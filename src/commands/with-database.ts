/** Commands that need the database but not the service. */
import type { Config } from '../config.ts'
import { type Db, openDatabase } from '../db/client.ts'
import { migrate } from '../db/migrate.ts'
import { provideDatabase } from '../db/provide.ts'

/** Runs `work` on a migrated database and leaves everything as it was found. */
export async function withDatabase<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const database = await provideDatabase({ url: config.DATABASE_URL, dir: config.DATA_DIR, purpose: 'serve' })
  try {
    await migrate(config.MIGRATION_DATABASE_URL ?? database.url())
    const db = openDatabase({
      connectionString: database.url(),
      max: 2,
      applicationName: 'leadwell cli',
      statementTimeoutMs: 30_000,
    })
    try {
      return await work(db)
    } finally {
      await db.close()
    }
  } finally {
    await database.stop()
  }
}
