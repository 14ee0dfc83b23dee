/** `serve` and `work`. */
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { createLifecycle, type Lifecycle } from '../lifecycle.ts'
import { createLog } from '../log.ts'
import { type Running, start } from '../server.ts'
import type { Command } from './command.ts'
import { readArguments } from './usage.ts'
import { welcome } from './welcome.ts'

export const serve: Command = {
  name: 'serve',
  usage: 'serve [--no-work]',
  summary: 'Answer requests, and do the background work unless told not to.',
  details: '  --no-work   leave the background work to `leadwell work` in other processes',
  run: async (args, load) => {
    const { values } = readArguments(args, { 'no-work': { type: 'boolean', default: false } })
    const running = await startUntilSignal(load(), { serve: true, work: !values['no-work'] })
    if (running !== undefined) console.log(welcome(running))
  },
}

export const work: Command = {
  name: 'work',
  usage: 'work',
  summary: 'Do the background work only; any number of these may run.',
  run: async (args, load) => {
    readArguments(args, {})
    const running = await startUntilSignal(load(), { serve: false, work: true })
    if (running !== undefined) console.log(`Leadwell works on ${running.database.note}. Stop with Ctrl-C.`)
  },
}

/** Starts, and stops at a signal, which may come while it still starts: then nothing is returned. */
async function startUntilSignal(
  config: Config,
  parts: { serve: boolean; work: boolean },
): Promise<Running | undefined> {
  const log = createLog(config.LOG_LEVEL)
  const lifecycle = createLifecycle(log, config.SHUTDOWN_SECONDS)
  const isStopping = stopOnSignal(lifecycle, log, config.SHUTDOWN_SECONDS)
  try {
    const running = await start(config, log, parts, lifecycle)
    return isStopping() ? undefined : running
  } catch (error) {
    // What a stop cuts short is no fault; the process ends when the stop is done.
    if (isStopping()) return undefined
    throw error
  }
}

/** The first signal stops gracefully within the limit; a second one ends at once. */
function stopOnSignal(lifecycle: Lifecycle, log: Logger, limitSeconds: number): () => boolean {
  let stopping = false
  const stop = (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), limitSeconds * 1000).unref()
    void lifecycle.stop().then(() => process.exit(0))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
  return () => stopping
}
