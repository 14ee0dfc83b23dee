/** `serve` and `work`. */
import { parseArgs } from 'node:util'
import { createLog } from '../log.ts'
import { type Running, start } from '../server.ts'
import type { Command } from './command.ts'
import { welcome } from './welcome.ts'

export const serve: Command = {
  name: 'serve',
  usage: 'serve [--no-work]',
  summary: 'Answer requests, and do the background work unless told not to.',
  run: async (args, load) => {
    const { values } = parseArgs({ args, options: { 'no-work': { type: 'boolean', default: false } } })
    const config = load()
    const log = createLog(config.LOG_LEVEL)
    const running = await start(config, log, { serve: true, work: !values['no-work'] })
    stopOnSignal(running)
    console.log(welcome(running))
  },
}

export const work: Command = {
  name: 'work',
  usage: 'work',
  summary: 'Do the background work only; any number of these may run.',
  run: async (_args, load) => {
    const config = load()
    const running = await start(config, createLog(config.LOG_LEVEL), { serve: false, work: true })
    stopOnSignal(running)
    console.log(`Leadwell works on ${running.database.note}. Stop with Ctrl-C.`)
  },
}

/** The first signal stops gracefully within the limit; a second one ends at once. */
function stopOnSignal({ lifecycle, ctx }: Running): void {
  let stopping = false
  const stop = (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    ctx.log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), ctx.config.SHUTDOWN_SECONDS * 1000).unref()
    void lifecycle.stop().then(() => process.exit(0))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
}
