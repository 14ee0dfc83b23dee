// When a delivery that was not taken is tried again: at once, after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h, then daily:
// ten tries in three days (Standard Webhooks, reliability.md P10). Jitter keeps a thousand deliveries that failed
// together from coming back together; a receiver that asks for more time gets it, up to a day.

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Seconds before each try; the first is at once. */
export const TRY_DELAYS = [0, 5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR, DAY, DAY] as const
/** Share by which a delay may be shorter or longer. */
export const JITTER = 0.1
/** Longest wait that a receiver can ask for: beyond it a delivery would be forgotten by everybody. */
export const LONGEST_RETRY_AFTER = DAY
/** An endpoint that took nothing for so long is disabled. */
export const DISABLE_AFTER_SECONDS = 5 * DAY

/**
 * Seconds until the next try after `tries` of them, null when there is none left. `chance` is a random number from 0 to
 * 1; `retryAfter` is what the receiver asked for, which is never undercut.
 */
export function delayAfter(tries: number, retryAfter: number | null, chance: number): number | null {
  const delay = TRY_DELAYS[tries]
  if (delay === undefined) return null
  const scheduled = delay * (1 - JITTER + 2 * JITTER * chance)
  const asked = Math.min(retryAfter ?? 0, LONGEST_RETRY_AFTER) * (1 + JITTER * chance)
  return Math.max(scheduled, asked)
}
