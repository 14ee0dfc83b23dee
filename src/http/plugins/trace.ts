/**
 * W3C Trace Context: the caller's trace id goes into our logs and spans, and back in `traceresponse`, so that a request
 * can be followed through all systems whether or not we send spans ourselves.
 */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { openRequestSpan, type RequestSpan } from '../../tracing.ts'

/** Version 00, and what later versions begin with; the version ff and ids of zeros are invalid. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-)/

/** The trace id of a traceparent header; null when it is absent or malformed, which is to be ignored. */
export function traceIdOf(header: string | string[] | undefined): string | null {
  if (typeof header !== 'string' || (header.startsWith('00') && header.length !== 55)) return null
  return TRACEPARENT.exec(header)?.[1] ?? null
}

const spans = new WeakMap<FastifyRequest, RequestSpan>()

/** Follows every request. Must come first, so that the span holds all the others do. */
export function addTrace(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { operationId = 'other' } = request.routeOptions.config
    const attributes = { 'http.request.method': request.method, 'http.route': request.routeOptions.url ?? '' }
    const span = openRequestSpan(operationId, attributes, request.headers)
    const traceId = span?.traceId ?? traceIdOf(request.headers['traceparent'])
    if (traceId === null) {
      done()
      return
    }
    request.log = reply.log = request.log.child({ trace_id: traceId })
    const spanId = span?.spanId ?? randomBytes(8).toString('hex')
    reply.header('traceresponse', `00-${traceId}-${spanId}-${span?.isSampled ? '01' : '00'}`)
    if (span === null) {
      done()
      return
    }
    spans.set(request, span)
    span.run(done)
  })
  // The bytes of a body arrive outside of the context in which the request began.
  app.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request)
    if (span === undefined) done()
    else span.run(done)
  })
  app.addHook('onResponse', async (request, reply) => spans.get(request)?.end(reply.statusCode))
}
