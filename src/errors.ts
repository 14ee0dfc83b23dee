/**
 * The catalogue of every problem that the service can answer with. Services throw `new ApiError(code, detail)`,
 * routes never catch, one renderer (http/plugins/problem.ts) writes the RFC 9457 document.
 */

export const PROBLEMS = {
  invalid_request: { status: 400, title: 'Invalid request' },
  validation_failed: { status: 400, title: 'Validation failed' },
  invalid_json: { status: 400, title: 'Body is not valid JSON' },
  invalid_body: { status: 400, title: 'Body cannot be accepted' },
  invalid_cursor: { status: 400, title: 'Invalid cursor' },
  cursor_mismatch: { status: 400, title: 'Cursor belongs to another query' },
  invalid_filter: { status: 400, title: 'Invalid filter' },
  unauthorized: { status: 401, title: 'Authentication required' },
  forbidden: { status: 403, title: 'Not allowed' },
  form_closed: { status: 403, title: 'Form takes no submissions now' },
  origin_not_allowed: { status: 403, title: 'Origin not allowed' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  not_acceptable: { status: 406, title: 'Not acceptable' },
  request_timeout: { status: 408, title: 'Request took too long to arrive' },
  conflict: { status: 409, title: 'Conflict' },
  duplicate: { status: 409, title: 'Duplicate' },
  in_use: { status: 409, title: 'Still in use' },
  batch_aborted: { status: 409, title: 'Batch was not written' },
  idempotency_key_in_use: { status: 409, title: 'Idempotency key is in use' },
  cursor_expired: { status: 410, title: 'Cursor expired' },
  precondition_failed: { status: 412, title: 'Precondition failed' },
  payload_too_large: { status: 413, title: 'Payload too large' },
  uri_too_long: { status: 414, title: 'URL too long' },
  unsupported_media_type: { status: 415, title: 'Unsupported media type' },
  unprocessable: { status: 422, title: 'Cannot be processed' },
  invalid_transition: { status: 422, title: 'Stage cannot be changed so' },
  idempotency_key_reused: { status: 422, title: 'Idempotency key was used for another request' },
  precondition_required: { status: 428, title: 'Precondition required' },
  rate_limited: { status: 429, title: 'Too many requests' },
  header_too_large: { status: 431, title: 'Header too large' },
  internal_error: { status: 500, title: 'Internal error' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof PROBLEMS

/** One faulty part of a request: `pointer` into the body (RFC 6901) or the name of a parameter. */
export interface ProblemItem {
  code: string
  detail: string
  pointer: string | null
  parameter: string | null
}

/** A failure that the caller can understand; anything else thrown is a 500 and a bug of ours. */
export class ApiError extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly items: ProblemItem[]
  readonly headers: Record<string, string>
  /** Further members of the problem document, e.g. `existing_id`. */
  readonly extra: Record<string, unknown>

  constructor(
    code: ProblemCode,
    detail: string,
    more: { items?: ProblemItem[]; headers?: Record<string, string>; extra?: Record<string, unknown> } = {},
  ) {
    super(detail)
    this.name = 'ApiError'
    this.code = code
    this.status = PROBLEMS[code].status
    this.items = more.items ?? []
    this.headers = more.headers ?? {}
    this.extra = more.extra ?? {}
  }
}

/** 404 for an object that is absent or belongs to another workspace: the two must look the same. */
export function notFound(kind: string): ApiError {
  return new ApiError('not_found', `No such ${kind}.`)
}

/** 400 that names each faulty body field. */
export function validationFailed(items: ProblemItem[]): ApiError {
  const detail = items.length === 1 ? (items[0]?.detail ?? '') : `${items.length} fields are invalid.`
  return new ApiError('validation_failed', detail, { items })
}
