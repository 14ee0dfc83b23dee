// Business time: the time that a calendar is open. All questions are answered from merged intervals of UTC, made by the
// zone's offsets and not by walking along the clock, so weekends, holidays and changed clocks need no cases of their own.
// Moments are epoch milliseconds; a span holds its start and not its end.
import { type CompiledCalendar, DAY_MS, spansOfDay } from './calendar.ts'
import { coversMoment, firstEndingAfter, type Interval, mergeIntervals, subtractIntervals } from './intervals.ts'
import { offsetAt, offsetsBetween } from './zone-offsets.ts'

/** How far ahead an opening or a due moment is looked for: who is closed for ten years is closed for good. */
const HORIZON_MS = 3_653 * DAY_MS
/** First look ahead; doubled up to the longest, because most answers lie within days. */
const FIRST_LOOK_MS = 4 * DAY_MS
const LONGEST_LOOK_MS = 128 * DAY_MS

/** Open intervals from `from` to `to`, merged and cut at both ends. */
export function openIntervals(calendar: CompiledCalendar, from: number, to: number): Interval[] {
  if (to <= from) return []
  const offsets = offsetsBetween(calendar.zone, from, to)
  const open: Interval[] = []
  for (const [i, { since, offset }] of offsets.entries()) {
    const until = offsets[i + 1]?.since ?? to
    for (let day = Math.floor((since + offset) / DAY_MS); day * DAY_MS < until + offset; day++) {
      const midnight = day * DAY_MS - offset
      for (const { start, end } of spansOfDay(calendar, day)) {
        open.push({ start: Math.max(since, midnight + start), end: Math.min(until, midnight + end) })
      }
    }
  }
  return subtractIntervals(mergeIntervals(open), calendar.absences)
}

/** Whether the calendar is open at a moment. */
export function isOpenAt(calendar: CompiledCalendar, at: number): boolean {
  const local = at + offsetAt(calendar.zone, at)
  const day = Math.floor(local / DAY_MS)
  const time = local - day * DAY_MS
  const worked = spansOfDay(calendar, day).some(({ start, end }) => start <= time && time < end)
  return worked && !coversMoment(calendar.absences, at)
}

/** Business seconds from one moment to another, with thousandths; 0 when they are not in order. */
export function measureBusinessSeconds(calendar: CompiledCalendar, from: number, to: number): number {
  let total = 0
  for (let start = from; start < to; start += LONGEST_LOOK_MS) {
    const end = Math.min(to, start + LONGEST_LOOK_MS)
    for (const open of openIntervals(calendar, start, end)) total += open.end - open.start
  }
  return total / 1000
}

/**
 * The first moment by which so many business seconds have passed since `from`; that of no seconds is `from` itself, open
 * or not. Null when they do not pass within ten years.
 */
export function addBusinessSeconds(calendar: CompiledCalendar, from: number, seconds: number): number | null {
  let left = seconds * 1000
  if (left <= 0) return from
  for (const { start, end } of openFrom(calendar, from)) {
    if (end - start >= left) return start + left
    left -= end - start
  }
  return null
}

/** The first moment from `from` on at which the calendar is open; null when it is closed for ten years. */
export function findNextOpening(calendar: CompiledCalendar, from: number): number | null {
  for (const { start } of openFrom(calendar, from)) return start
  return null
}

/** Open intervals from a moment on, as far as the horizon; one that crosses the border of two looks comes in parts. */
function* openFrom(calendar: CompiledCalendar, from: number): Generator<Interval> {
  if (calendar.days.every((spans) => spans.length === 0)) return
  const horizon = from + HORIZON_MS
  let look = FIRST_LOOK_MS
  for (let start = from; start < horizon; look = Math.min(look * 2, LONGEST_LOOK_MS)) {
    start = skipAbsence(calendar, start)
    const end = Math.min(start + look, horizon)
    yield* openIntervals(calendar, start, end)
    start = Math.max(start, end)
  }
}

/** The end of the absence that covers a moment, else the moment. */
function skipAbsence({ absences }: CompiledCalendar, at: number): number {
  const next = absences[firstEndingAfter(absences, at)]
  return next !== undefined && next.start <= at ? next.end : at
}
