/**
 * How long work waits in this process, in milliseconds: for its turn on the event loop, and for a database connection.
 * Both are waits of every request, so either tells that more arrives than can be done.
 */
import type pg from 'pg'

/** Often enough to refuse within 0.1 s of an onset; costs 0.1 % of a core. */
const LOOK_MS = 25
/** A pause of the garbage collector is seen by one look; what all of the last looks have seen is a queue that stands. */
const LOOKS = 3

export interface Pressure {
  /** The longer of the two waits now. */
  delayMs(): number
  stop(): void
}

/** Starts looking. */
export function watchPressure(pool: pg.Pool): Pressure {
  const connectionDelay = createConnectionProbe(pool)
  const seen = Array.from({ length: LOOKS }, () => 0)
  let delay = 0
  let last = performance.now()
  const look = setInterval(() => {
    const at = performance.now()
    seen.push(at - last - LOOK_MS)
    seen.shift()
    last = at
    delay = Math.max(Math.min(...seen), connectionDelay(at))
  }, LOOK_MS).unref()
  return { delayMs: () => delay, stop: () => clearInterval(look) }
}

/**
 * Measures the wait for a connection by standing in the queue itself, and only while others do: how many are waiting
 * says nothing about how long they will.
 */
function createConnectionProbe(pool: pg.Pool): (at: number) => number {
  let begunAt: number | null = null
  let measured = 0
  const probe = async (at: number) => {
    begunAt = at
    try {
      const client = await pool.connect()
      client.release()
    } catch {
      // Nobody gets a connection now; the time until this answer is the measure.
    }
    measured = performance.now() - at
    begunAt = null
  }
  return (at) => {
    if (begunAt !== null) return Math.max(measured, at - begunAt)
    if (pool.waitingCount === 0) return 0
    void probe(at)
    return measured
  }
}
