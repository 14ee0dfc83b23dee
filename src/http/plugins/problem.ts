/** The one renderer of failures: services throw, routes never catch, every answer that is no success passes here. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '../../ctx.ts'
import { sqlStateOf } from '../../db/client.ts'
import { ApiError, type ProblemCode } from '../../errors.ts'
import { problemDocument } from '../problem.ts'
import { itemsOf } from '../validation-problem.ts'

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** Failures of Fastify itself -> our codes. */
const FRAMEWORK_CODES: Record<string, { code: ProblemCode; detail: string }> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'payload_too_large', detail: 'The body is larger than this operation accepts.' },
  FST_REQ_FILE_TOO_LARGE: { code: 'payload_too_large', detail: 'A file is larger than this form accepts.' },
  FST_FILES_LIMIT: { code: 'payload_too_large', detail: 'There are more files than this form accepts.' },
  FST_FIELDS_LIMIT: { code: 'payload_too_large', detail: 'There are more fields than a form may have.' },
  FST_PARTS_LIMIT: { code: 'payload_too_large', detail: 'There are more parts than a form may have.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'unsupported_media_type', detail: 'This media type is not accepted here.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'invalid_request',
    detail: 'The body does not have the length that was announced.',
  },
  FST_INVALID_MULTIPART_CONTENT_TYPE: { code: 'unsupported_media_type', detail: 'The multipart body has no boundary.' },
  FST_PROTO_VIOLATION: { code: 'invalid_body', detail: 'A field name is not allowed.' },
  FST_ERR_BAD_URL: { code: 'invalid_request', detail: 'The path is not valid percent-encoded UTF-8.' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'uri_too_long', detail: 'A path segment is too long.' },
}

/** Input that slipped through our checks: SQLSTATE classes of bad data. The counter should stay at zero. */
const BAD_INPUT = /^(22|23|54|42601$)/

/** The database cannot serve now: gone, starting, full, out of connections, or too slow. */
const UNAVAILABLE = /^(08|53|57P0|57014|55P03|25P03|58)/

export type ProblemRenderer = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => FastifyReply

/** Renders any failure; also given to Fastify for faults that it finds before a route is known. */
export function makeProblemRenderer(ctx: Ctx, base: string): ProblemRenderer {
  return (error, request, reply) => sendProblem(reply, request, toApiError(error, ctx, request), base)
}

/** Registers the renderer and the answers 404 and 405. */
export function addProblems(app: FastifyInstance, render: ProblemRenderer, base: string): void {
  const known: { method: string; pattern: RegExp }[] = []
  app.addHook('onRoute', (route) => {
    const pattern = new RegExp(
      `^${route.url
        .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
        .replace(/:[A-Za-z_]+/g, '[^/]+')
        .replaceAll('\\*', '.*')}$`,
    )
    for (const method of [route.method].flat()) known.push({ method, pattern })
  })

  app.setErrorHandler(render)
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const allowed = [...new Set(known.filter((route) => route.pattern.test(path)).map((route) => route.method))].sort()
    const error =
      allowed.length === 0
        ? new ApiError('not_found', 'There is nothing at this address.')
        : new ApiError('method_not_allowed', `Use ${allowed.join(', ')}.`, { headers: { allow: allowed.join(', ') } })
    return sendProblem(reply, request, error, base)
  })
}

function sendProblem(reply: FastifyReply, request: FastifyRequest, error: ApiError, base: string): FastifyReply {
  const path = request.url.split('?')[0] ?? ''
  return reply
    .code(error.status)
    .headers({ 'cache-control': 'no-store', ...error.headers })
    .type(PROBLEM_TYPE)
    .serializer((document: unknown) => JSON.stringify(document))
    .send(problemDocument(error, { path, requestId: request.id, base }))
}

function toApiError(error: FastifyError, ctx: Ctx, request: FastifyRequest): ApiError {
  if (error instanceof ApiError) return error
  if (error.validation !== undefined) {
    const items = itemsOf(error.validation, error.validationContext)
    const detail = items.length === 1 ? (items[0]?.detail ?? '') : `${items.length} values are invalid.`
    return new ApiError('validation_failed', detail, { items })
  }
  const framework = FRAMEWORK_CODES[error.code]
  if (framework !== undefined) return new ApiError(framework.code, framework.detail)
  return fromDatabase(error, ctx, request) ?? fromUnknown(error, request)
}

function fromDatabase(error: Error, ctx: Ctx, request: FastifyRequest): ApiError | undefined {
  const state = sqlStateOf(error)
  if (state !== undefined && BAD_INPUT.test(state)) {
    ctx.metrics.rejectedInput.inc({ sqlstate: state })
    // Only the code and the constraint: message and detail of PostgreSQL quote the data (S11).
    const constraint = 'constraint' in error ? error.constraint : undefined
    request.log.error({ sqlstate: state, constraint }, 'input was refused by the database, not by our checks')
    return state.startsWith('23')
      ? new ApiError('conflict', 'This conflicts with what is stored.')
      : new ApiError('invalid_request', 'A value cannot be stored.')
  }
  if ((state !== undefined && UNAVAILABLE.test(state)) || isConnectionTrouble(error)) {
    request.log.warn({ sqlstate: state }, 'the database is not available')
    return new ApiError('unavailable', 'The database is not available; try again shortly.', {
      headers: { 'retry-after': '2' },
    })
  }
  return undefined
}

function isConnectionTrouble(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : ''
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH)/.test(code) ||
    /timeout|Connection terminated|not queryable/i.test(error.message)
  )
}

function fromUnknown(error: FastifyError, request: FastifyRequest): ApiError {
  // Parsers of the platform reject with a 4xx of their own; their texts are not ours to show.
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new ApiError('invalid_request', 'The request cannot be read.')
  }
  request.log.error(
    { sqlstate: sqlStateOf(error), kind: error.name, stack: error.stack?.split('\n').slice(1, 12) },
    'request failed',
  )
  return new ApiError('internal_error', 'Something went wrong on our side; the request id helps to find it.')
}
