// What a call means: an answer with values, an answer that says "nothing known", a fault that will pass, or one that will
// not; and whether it may have cost money. When in doubt it has: the budget is a promise.
import type { EnrichmentProvider } from './enrichment-policy.ts'

/** What came back. `failure` is a kind of failure of the outbound client. */
export type CallResult =
  | { ok: true; status: number; retryAfter: string | null; json: unknown; isJson: boolean }
  | { ok: false; failure: string }

export type CallOutcome = 'found' | 'empty' | 'failed' | 'postponed'

export interface CallVerdict {
  outcome: CallOutcome
  reason: string | null
  /** False when the provider certainly did no work for us. */
  isCharged: boolean
  /** Counts against the provider's health. */
  isFault: boolean
  /** The provider asked to be left alone until so many seconds have passed. */
  pauseSeconds: number | null
}

/** A provider that asks for more patience than this is down for us. */
const LONGEST_PAUSE_SECONDS = 3_600
const DEFAULT_PAUSE_SECONDS = 30

/** Judges a call; `hasValues` tells whether its answer filled any target. */
export function judgeCall(
  { empty_statuses, charged }: EnrichmentProvider,
  result: CallResult,
  hasValues: boolean,
  now: Date,
): CallVerdict {
  const verdict = (outcome: CallOutcome, reason: string | null, more: Partial<CallVerdict> = {}): CallVerdict => ({
    outcome,
    reason,
    isCharged: charged === 'always',
    isFault: false,
    pauseSeconds: null,
    ...more,
  })
  if (!result.ok) {
    // A connection that never stood cost nothing; what broke off later may have been served.
    const wasNeverSent = /_refused$|^invalid_url$|^unreachable$/.test(result.failure)
    const isLasting = /_refused$|^invalid_url$/.test(result.failure)
    return verdict(isLasting ? 'failed' : 'postponed', result.failure, {
      isCharged: !wasNeverSent,
      isFault: !isLasting,
    })
  }
  const { status, retryAfter, isJson } = result
  if (empty_statuses.includes(status)) return verdict('empty', null, { isCharged: charged === 'always' })
  if (status === 429 || (status === 503 && retryAfter !== null)) {
    return verdict('postponed', `http_${status}`, { isCharged: false, pauseSeconds: readPause(retryAfter, now) })
  }
  if (status >= 500) return verdict('postponed', `http_${status}`, { isCharged: false, isFault: true })
  if (status >= 300 || status < 200) return verdict('failed', `http_${status}`, { isCharged: false })
  if (!isJson) return verdict('failed', 'invalid_answer', { isFault: true })
  return hasValues ? verdict('found', null, { isCharged: true }) : verdict('empty', null)
}

/** Retry-After is seconds or a date (RFC 9110, 10.2.3). */
function readPause(text: string | null, now: Date): number {
  if (text === null) return DEFAULT_PAUSE_SECONDS
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - now.getTime()) / 1_000)
  return Number.isNaN(seconds) ? DEFAULT_PAUSE_SECONDS : Math.min(Math.max(seconds, 1), LONGEST_PAUSE_SECONDS)
}

/** Faults in a row after which a provider is left alone, and for how long: doubled each time up to an hour. */
export const BREAKER = { faults: 5, firstPauseSeconds: 30, longestPauseSeconds: 3_600 } as const

/** How long a provider is left alone after so many faults in a row; 0 while it still has credit. */
export function breakerPause(faults: number): number {
  if (faults < BREAKER.faults) return 0
  return Math.min(BREAKER.firstPauseSeconds * 2 ** Math.min(faults - BREAKER.faults, 12), BREAKER.longestPauseSeconds)
}
