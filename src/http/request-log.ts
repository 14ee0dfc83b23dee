/** The log of one request: a child of the service's log, made when a line is written. Most requests write none. */
import type { FastifyBaseLogger } from 'fastify'

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const
type Level = (typeof LEVELS)[number]

type ServiceLog = FastifyBaseLogger & { isLevelEnabled?(level: Level): boolean }
type Bindings = Parameters<FastifyBaseLogger['child']>[0]

class RequestLog {
  readonly #log: ServiceLog
  readonly #bindings: Bindings
  #own: FastifyBaseLogger | undefined

  constructor(log: ServiceLog, bindings: Bindings) {
    this.#log = log
    this.#bindings = bindings
  }

  get level(): string {
    return this.#log.level
  }

  child(bindings: Bindings): FastifyBaseLogger {
    return makeRequestLog(this.#log, { ...this.#bindings, ...bindings })
  }

  silent(): void {
    // Writes nothing, as the level says.
  }

  /** Writes a line at a level; what the service does not log costs a comparison. */
  write(level: Level, line: unknown[]): void {
    if (this.#log.isLevelEnabled?.(level) === false) return
    this.#own ??= this.#log.child(this.#bindings)
    Reflect.apply(this.#own[level], this.#own, line)
  }
}

for (const level of LEVELS) {
  Object.defineProperty(RequestLog.prototype, level, {
    value(this: RequestLog, ...line: unknown[]) {
      this.write(level, line)
    },
  })
}

/** The log of a request that `bindings` name. A child of pino costs 12 us, as much as reading the request. */
export const makeRequestLog = (log: FastifyBaseLogger, bindings: Bindings): FastifyBaseLogger =>
  // The levels were defined above, one by one.
  new RequestLog(log, bindings) as unknown as FastifyBaseLogger
