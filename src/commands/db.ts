/** `db stop`. */
import { stopEmbedded } from '../db/embedded.ts'
import type { Command } from './command.ts'
import { readArguments, UsageError } from './usage.ts'

export const db: Command = {
  name: 'db',
  usage: 'db stop',
  summary: 'Stop the bundled PostgreSQL that a killed service left behind.',
  details: 'Services that still use it lose their connections; the next start begins it again with the same data.',
  run: async ([action = '', ...args], load) => {
    if (action !== 'stop') throw new UsageError(action === '' ? 'What about the database?' : `db cannot ${action}.`)
    readArguments(args, {})
    const { DATA_DIR } = load()
    const stopped = await stopEmbedded(DATA_DIR)
    console.log(
      stopped
        ? `The bundled PostgreSQL in ${DATA_DIR} is stopped.`
        : `No bundled PostgreSQL was running in ${DATA_DIR}.`,
    )
  },
}
