/** Structured logs without personal data: what may be logged is chosen by those who log, and the rest is cut here. */
import { type Logger, pino } from 'pino'

/** Names that never reach a log, wherever they are. */
const SECRETS = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'email',
  'phone',
  'payload',
  'body',
  'detail',
  'where',
  'query',
  'parameters',
]

/** A logger of one process. Errors are reduced to kind, code and stack frames: messages of a database quote the data (S11). */
export function createLog(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), remove: true },
    serializers: { err: describeError, error: describeError, req: () => undefined, res: () => undefined },
  })
}

/** Kind, code and place of an error, without its text. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { kind: typeof error }
  const code = 'code' in error ? String(error.code) : undefined
  return { kind: error.name, ...(code !== undefined && { code }), stack: error.stack?.split('\n').slice(1, 10) }
}
