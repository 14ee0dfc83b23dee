/** Moments in query parameters: parsed by us, because PostgreSQL would also take 'now', 'infinity' and odd calendars. */
import { ApiError } from '../errors.ts'

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/

/** The moment in UTC with milliseconds, null when absent; 400 when it is not a real one between the years 1 and 9999. */
export function requireMoment(parameter: string, text: string | undefined): string | null {
  if (text === undefined) return null
  const parts = RFC_3339.exec(text)
  const date = parts === null ? null : new Date(text.toUpperCase())
  const isReal =
    date !== null && !Number.isNaN(date.getTime()) && date.getUTCFullYear() >= 1 && date.getUTCFullYear() <= 9999
  // Date rolls 30 February over to March; a day that rolled over was not a real one.
  const day = Number(parts?.[3])
  const daysInMonth = parts === null ? 0 : new Date(Date.UTC(Number(parts[1]), Number(parts[2]), 0)).getUTCDate()
  if (!isReal || day > daysInMonth) {
    throw new ApiError('validation_failed', `${parameter} is not a real moment.`, {
      items: [
        { code: 'invalid_format', detail: 'Must be RFC 3339, such as 2026-11-22T05:28:00Z.', pointer: null, parameter },
      ],
    })
  }
  return date.toISOString()
}
