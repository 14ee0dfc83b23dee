/** `migrate`. */
import type { Command } from './command.ts'
import { withDatabase } from './with-database.ts'

export const migrateCommand: Command = {
  name: 'migrate',
  usage: 'migrate',
  summary: 'Bring the database to the newest schema; a start does this too.',
  run: async (_args, load) => {
    await withDatabase(load(), async (db) => {
      const rows = await db.query<{ count: number }>('SELECT count(*) AS count FROM drizzle.__drizzle_migrations')
      console.log(`The database is up to date (${rows[0]?.count ?? 0} migrations).`)
    })
  },
}
