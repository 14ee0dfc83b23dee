// Capacities of a day and a week are those of the seller's own calendar: the day that the wall shows, weeks from Monday.
import { offsetAt, offsetsBetween } from '../calendar/zone-offsets.ts'

const DAY_MS = 86_400_000

/** The local day of a moment in a zone, as days since 1970-01-01. */
export const dayNumber = (zone: string, at: number): number => Math.floor((at + offsetAt(zone, at)) / DAY_MS)

/** The Monday of the week of a day; 1970-01-01 was a Thursday. */
export const mondayNumber = (day: number): number => day - ((((day + 3) % 7) + 7) % 7)

/** A day as it is written, `2026-11-22`. */
export const writeDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

/** The day that was written. */
export const readDay = (text: string): number => Date.parse(text) / DAY_MS

/** Longer than from any moment to the end of the next local day, also where a whole day was skipped. */
const LOOK_MS = 3 * DAY_MS

/** The first moment of the local day after this one; where clocks skip midnight, that of the skip. */
export function nextMidnight(zone: string, at: number): number {
  const midnight = (dayNumber(zone, at) + 1) * DAY_MS
  const spans = offsetsBetween(zone, at, at + LOOK_MS)
  for (const [i, { since, offset }] of spans.entries()) {
    const first = Math.max(since, midnight - offset)
    if (first < (spans[i + 1]?.since ?? Infinity)) return first
  }
  throw new Error('the last span has no end')
}
