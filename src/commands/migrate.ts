/** `migrate`. */
import type { Command } from './command.ts'
import { readArguments } from './usage.ts'
import { withDatabase } from './with-database.ts'

export const migrateCommand: Command = {
  name: 'migrate',
  usage: 'migrate',
  summary: 'Bring the database to the newest schema; a start does this too.',
  details: 'Set MIGRATION_DATABASE_URL to a direct connection of the owner when DATABASE_URL leads through a pooler.',
  run: async (args, load) => {
    readArguments(args, {})
    await withDatabase(load(), async (db) => {
      const rows = await db.query<{ count: number }>('SELECT count(*) AS count FROM drizzle.__drizzle_migrations')
      console.log(`The database is up to date (${rows[0]?.count ?? 0} migrations).`)
    })
  },
}
