/** The Prefer header (RFC 7240). */
import type { FastifyRequest } from 'fastify'
import { repeatKey } from './idempotency-key.ts'

/** Longest wait that a caller may ask for, in seconds; longer ones become this. */
const LONGEST_WAIT = 30

/**
 * Seconds of `wait=N`, 0 when absent or malformed. Also 0 for a request with an Idempotency-Key: its answer is kept with
 * its effect, before anything that follows from the effect can happen.
 */
export function preferredWait(request: FastifyRequest): number {
  const header = request.headers['prefer']
  if (header === undefined || repeatKey(request) !== null) return 0
  const match = /(?:^|[,;\s])wait=(\d{1,15})(?:$|[,;\s])/i.exec(Array.isArray(header) ? header.join(',') : header)
  return Math.min(Number(match?.[1] ?? 0), LONGEST_WAIT)
}
