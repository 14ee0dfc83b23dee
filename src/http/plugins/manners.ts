/** Headers that every answer carries, the access log, and the time of each operation. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Ctx } from '../../ctx.ts'
import { API_VERSION } from '../openapi.ts'

/** The caller's request id when it is printable, else one of ours. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\x21-\x7e]{1,64}$/.test(given)
    ? given
    : `req_${randomBytes(12).toString('hex')}`
}

/** Registers what every answer has. */
export function addManners(app: FastifyInstance, ctx: Ctx): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, 'api-version': API_VERSION, 'x-content-type-options': 'nosniff' })
    if (request.routeOptions.config.access?.pii_out) reply.header('cache-control', 'no-store')
  })
  app.addHook('onResponse', async (request, reply) => {
    const { operationId } = request.routeOptions.config
    const operation = operationId ?? 'other'
    ctx.metrics.requests.observe({ operation, status: reply.statusCode }, reply.elapsedTime / 1000)
    // The operation, not the URL: paths and queries may hold personal data and link secrets.
    request.log.debug({ operation, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered')
  })
}
