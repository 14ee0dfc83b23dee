/** No caller waits longer than promised (reliability.md P17), whatever holds the work up: locks, a queue, a frozen database. */
import { ApiError } from '../errors.ts'

/**
 * The result of the work, or 503 when there is none in time. The work itself goes on: its outcome is then unknown to the
 * caller, as after a lost connection, and what makes a repetition safe is the same (Idempotency-Key, If-Match, dedupe).
 */
export function withinTime<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(tooLate()), milliseconds)
    work.then(
      (result) => {
        clearTimeout(timer)
        resolve(result)
      },
      (error) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}

function tooLate(): ApiError {
  return new ApiError('unavailable', 'There was no result in time; it may still come. Repeat the request shortly.', {
    headers: { 'retry-after': '2' },
  })
}
