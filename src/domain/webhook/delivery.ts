// A delivery is one change on its way to one endpoint. It is pending until the receiver takes it (2xx) or the schedule
// is used up; every try is kept with what came back, so that both sides can see what happened.

export const ENDPOINT_STATES = ['enabled', 'disabled'] as const
/** `deleted` is never shown: the row waits for its deliveries to be forgotten. */
export type EndpointState = (typeof ENDPOINT_STATES)[number] | 'deleted'

/** Why an endpoint is disabled: by its owner, by a 410, after days of failure, or as its condition has lost a field. */
export const DISABLED_REASONS = ['by_request', 'gone', 'failing', 'condition_invalid'] as const
export type DisabledReason = (typeof DISABLED_REASONS)[number]

export const DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** Why there was no answer, or none that counts. */
export const ATTEMPT_ERRORS = [
  'unreachable',
  'timeout',
  'too_large',
  'invalid_url',
  'scheme_refused',
  'credentials_refused',
  'port_refused',
  'address_refused',
  'https_required',
  'change_expired',
] as const
export type AttemptError = (typeof ATTEMPT_ERRORS)[number]

/** One try, as it is stored and shown. */
export interface AttemptRecord {
  number: number
  started_at: string
  latency_ms: number
  /** Null when no answer came. */
  status: number | null
  error: AttemptError | null
  /** Beginning of the answer's body. */
  response_excerpt: string
}

/** Tries that are kept of one delivery: two whole schedules. */
export const MAX_KEPT_ATTEMPTS = 20
/** Code points of an answer that are kept: enough for a message, too little for a page. */
export const MAX_EXCERPT = 500

/** What a try means for its delivery. */
export type Verdict = { outcome: 'delivered' } | { outcome: 'gone' } | { outcome: 'retry'; retryAfter: number | null }

/** Judges an answer: 2xx is success, 410 says never again, everything else (3xx too) is tried again. */
export function judgeAnswer(status: number | null, retryAfter: string | undefined, now: Date): Verdict {
  if (status !== null && status >= 200 && status < 300) return { outcome: 'delivered' }
  if (status === 410) return { outcome: 'gone' }
  return { outcome: 'retry', retryAfter: retryAfter === undefined ? null : readRetryAfter(retryAfter, now) }
}

/** Seconds of a Retry-After header (RFC 9110, 10.2.3: a number or a date); null when it is neither. */
export function readRetryAfter(text: string, now: Date): number | null {
  if (/^\d{1,9}$/.test(text.trim())) return Number(text)
  const at = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now.getTime()) / 1000))
}
