/** Start and stop in named phases: each is timed, and a stop undoes them in reverse, each with its own limit. */
import type { Logger } from 'pino'

export interface Lifecycle {
  /** Runs a phase; what `stop` returns undoes it. */
  start<T>(name: string, start: () => Promise<T>, stop?: (started: T) => Promise<unknown>): Promise<T>
  /** Undoes everything, newest first; a phase that hangs is left after its share of the time. A start under way ends. */
  stop(): Promise<void>
}

/** A life of at most `limitSeconds` after the wish to end. */
export function createLifecycle(log: Logger, limitSeconds: number): Lifecycle {
  const stops: { name: string; stop: () => Promise<unknown> }[] = []
  let starting: Promise<unknown> = Promise.resolve()
  let stopping: Promise<void> | undefined
  const timed = async (phase: string, name: string, run: () => Promise<unknown>) => {
    const begin = performance.now()
    await run()
    log.debug({ phase: name, ms: Math.round(performance.now() - begin) }, phase)
  }
  return {
    start: async (name, start, stop) => {
      if (stopping !== undefined) throw new Error(`stopped before ${name}`)
      let started: Awaited<ReturnType<typeof start>> | undefined
      const phase = timed('started', name, async () => {
        const result = await start()
        started = result
        if (stop !== undefined) stops.push({ name, stop: () => stop(result) })
      })
      starting = phase.catch(() => undefined)
      await phase
      return started as Awaited<ReturnType<typeof start>>
    },
    stop: () => {
      stopping ??= undo()
      return stopping
    },
  }

  async function undo(): Promise<void> {
    const share = (limitSeconds * 1000) / (stops.length + 1)
    const late = () => new Promise((resolve) => setTimeout(resolve, share).unref())
    // A phase cannot be undone in its middle: it is finished first.
    await Promise.race([starting, late()])
    for (const { name, stop } of stops.splice(0).reverse()) {
      await timed('stopped', name, () => Promise.race([stop(), late()])).catch((error: unknown) =>
        log.warn({ err: error, phase: name }, 'stop failed'),
      )
    }
  }
}
