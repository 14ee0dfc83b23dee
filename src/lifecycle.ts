/** Start and stop in named phases: each is timed, and a stop undoes them in reverse, each with its own limit. */
import type { Logger } from 'pino'

export interface Lifecycle {
  /** Runs a phase; what `stop` returns undoes it. */
  start<T>(name: string, start: () => Promise<T>, stop?: (started: T) => Promise<unknown>): Promise<T>
  /** Undoes everything, newest first; a phase that hangs is left after its share of the time. */
  stop(): Promise<void>
}

/** A life of at most `limitSeconds` after the wish to end. */
export function createLifecycle(log: Logger, limitSeconds: number): Lifecycle {
  const stops: { name: string; stop: () => Promise<unknown> }[] = []
  const timed = async (phase: string, name: string, run: () => Promise<unknown>) => {
    const begin = performance.now()
    await run()
    log.debug({ phase: name, ms: Math.round(performance.now() - begin) }, phase)
  }
  return {
    start: async (name, start, stop) => {
      let started: Awaited<ReturnType<typeof start>> | undefined
      await timed('started', name, async () => {
        started = await start()
      })
      if (stop !== undefined) stops.push({ name, stop: () => stop(started as Awaited<ReturnType<typeof start>>) })
      return started as Awaited<ReturnType<typeof start>>
    },
    stop: async () => {
      const share = (limitSeconds * 1000) / Math.max(1, stops.length)
      for (const { name, stop } of stops.splice(0).reverse()) {
        const late = new Promise((resolve) => setTimeout(resolve, share).unref())
        await timed('stopped', name, () => Promise.race([stop(), late])).catch((error: unknown) =>
          log.warn({ err: error, phase: name }, 'stop failed'),
        )
      }
    },
  }
}
