/** Whatever was thrown -> the problem that the caller is told of. Only here are faults of others given a code. */
import type { FastifyError, FastifyRequest } from 'fastify'
import type { Ctx } from '../ctx.ts'
import { isOutdatedPlan, sqlStateOf } from '../db/client.ts'
import { ApiError, type ProblemCode } from '../errors.ts'
import { itemsOf } from './validation-problem.ts'

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

/**
 * The database cannot serve now: gone, starting, full, out of connections, too slow, a standby (25006), or busy with a
 * transaction that was in the way (40).
 */
const UNAVAILABLE = /^(08|40|53|57P0|57014|55P03|25006|25P03|58)/

/** The problem for anything thrown; what is not understood is logged and becomes a 500. */
export function toApiError(error: FastifyError, ctx: Ctx, request: FastifyRequest): ApiError {
  if (error instanceof ApiError) return error
  // Nobody reads this answer; it must not look like trouble with the database.
  if (error === request.raw.errored) return new ApiError('invalid_request', 'The request broke off.')
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
    const operation = request.routeOptions.config.operationId
    request.log.error(
      { sqlstate: state, constraint, operation },
      'input was refused by the database, not by our checks',
    )
    return state.startsWith('23')
      ? new ApiError('conflict', 'This conflicts with what is stored.')
      : new ApiError('invalid_request', 'A value cannot be stored.')
  }
  if ((state !== undefined && UNAVAILABLE.test(state)) || isOutdatedPlan(error) || isConnectionTrouble(error)) {
    request.log.warn({ sqlstate: state }, 'the database is not available')
    return new ApiError('unavailable', 'The database is not available; try again shortly.', {
      headers: { 'retry-after': '2' },
    })
  }
  return undefined
}

function isConnectionTrouble(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : ''
  // A socket in a folder says ENOENT when its server has gone, EAGAIN when its queue is full.
  const isRefused = 'syscall' in error && error.syscall === 'connect'
  return (
    isRefused ||
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH)/.test(code) ||
    /timeout|Connection terminated|not queryable|pool after calling end/i.test(error.message)
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
