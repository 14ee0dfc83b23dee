// When a lead did something, from a counter of a day: exact when the counter alone tells (one or two events), else from
// the raw events; when those have been dropped, the first and the last stand for all.
import type { EventCount } from './count-events.ts'

/** A counter that counted something. */
export type DayCount = Pick<EventCount, 'day' | 'count'> & { first_at: string; last_at: string }

/** Whether the raw events of a day are needed to know its times at `now`. */
export function needsRawTimes({ count, first_at, last_at }: DayCount, now: number): boolean {
  return Date.parse(first_at) <= now && (count > 2 || Date.parse(last_at) > now)
}

/** The times up to `now`, newest first, at most `most`; `raw` are the exact ones of the day, if they were needed. */
export function timesOfDay(day: DayCount, raw: readonly number[], now: number, most: number): number[] {
  const [first, last] = [Date.parse(day.first_at), Date.parse(day.last_at)]
  if (first > now) return []
  if (raw.length > 0) return raw.slice(0, most)
  if (last > now) return [first]
  const times = Array.from({ length: Math.min(day.count, most) }, () => first)
  times[0] = last
  return times
}
