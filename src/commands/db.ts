/** `db stop`. */
import { stopEmbedded } from '../db/embedded.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'

export const db: Command = {
  name: 'db',
  usage: 'db stop',
  summary: 'Stop the bundled PostgreSQL that a killed service left behind.',
  run: async ([action], load) => {
    if (action !== 'stop') throw new UsageError('Usage: leadwell db stop')
    const stopped = await stopEmbedded(load().DATA_DIR)
    console.log(stopped ? 'The bundled PostgreSQL is stopped.' : 'No bundled PostgreSQL was running.')
  },
}
