/** Headers that every answer carries, the access log, and the time of each operation. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Ctx } from '../../ctx.ts'
import { ApiError } from '../../errors.ts'
import { API_VERSION } from '../openapi.ts'

/** The caller's request id when it is printable, else one of ours. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\x21-\x7e]{1,64}$/.test(given)
    ? given
    : `req_${PROCESS}${(counter++ >>> 0).toString(16).padStart(8, '0')}`
}

/** Random per process and counted inside: as unique as a random id, without 15 us of random bytes for each request. */
const PROCESS = randomBytes(8).toString('hex')
let counter = randomBytes(4).readUInt32BE()

/** Headers of every answer, also of those that Fastify gives before a route is known. */
export function commonHeaders(request: FastifyRequest): Record<string, string> {
  return { 'x-request-id': request.id, 'api-version': API_VERSION, 'x-content-type-options': 'nosniff' }
}

/** Registers what every answer has. */
export function addManners(app: FastifyInstance, ctx: Ctx): void {
  app.decorateRequest('arrivedAt')
  app.addHook('onRequest', (request, reply, done) => {
    request.arrivedAt = ctx.now()
    const { access, headers } = request.routeOptions.config
    reply.headers(commonHeaders(request))
    if (access?.pii_out) reply.header('cache-control', 'no-store')
    if (headers !== undefined) reply.headers(headers)
    requireOneHost(request.raw)
    done()
  })
  app.addHook('onResponse', async (request, reply) => {
    const { operationId } = request.routeOptions.config
    const operation = operationId ?? 'other'
    ctx.metrics.requests.observe({ operation, status: reply.statusCode }, reply.elapsedTime / 1000)
    // The operation, not the URL: paths and queries may hold personal data and link secrets.
    request.log.debug({ operation, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered')
  })
}

/** RFC 9112, 3.2. Node would answer this without a problem document, and takes the first of two. */
function requireOneHost({ httpVersion, rawHeaders }: IncomingMessage): void {
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) {
    throw new ApiError('invalid_request', 'The header Host must be there, once.')
  }
}
