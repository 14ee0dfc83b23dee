/** The Prefer header (RFC 7240). */
import type { FastifyRequest } from 'fastify'

/** Longest wait that a caller may ask for, in seconds; longer ones become this. */
const LONGEST_WAIT = 30

/** Seconds of `wait=N`, 0 when absent or malformed. */
export function preferredWait(request: FastifyRequest): number {
  const header = request.headers['prefer']
  const match = /(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])/i.exec(
    Array.isArray(header) ? header.join(',') : (header ?? ''),
  )
  return Math.min(Number(match?.[1] ?? 0), LONGEST_WAIT)
}
