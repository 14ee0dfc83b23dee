// When somebody works: blocks of the week as the clock on their wall shows them, less holidays, less absences. The wall
// clock decides, also in the nights when it is changed: an hour that it skips is not worked, one that it shows twice is
// worked twice. A block over midnight belongs to the day that it begins on; a holiday closes its whole local day, from
// midnight to midnight. Absences are moments of UTC and close whatever they cover.
import { type Interval, mergeIntervals } from './intervals.ts'

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** A block of working time. */
export interface WorkingWindow {
  weekdays: Weekday[]
  /** `HH:MM` of the wall clock. */
  from: string
  /** `HH:MM`, up to `24:00`; not later than `from` means on the next day. */
  to: string
}

/** Time that somebody is away, moments as `2026-12-24T00:00:00.000Z`. */
export interface Absence {
  from_at: string
  until_at: string
}

export interface Calendar {
  /** IANA name. */
  time_zone: string
  windows: WorkingWindow[]
  /** Local days, `2026-12-25`. */
  holidays: string[]
  absences: Absence[]
}

export const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** A calendar made ready for questions: making it costs some microseconds, so whoever asks often keeps it. */
export interface CompiledCalendar {
  readonly zone: string
  /** Open spans in milliseconds since local midnight, merged, for Monday to Sunday. */
  readonly days: readonly (readonly Interval[])[]
  /** Local days since 1970-01-01 that are closed. */
  readonly holidays: ReadonlySet<number>
  readonly absences: readonly Interval[]
}

/** Makes a valid calendar ready; see `calendar-faults.ts` for what is valid. */
export function compileCalendar(calendar: Calendar): CompiledCalendar {
  return {
    zone: calendar.time_zone,
    days: compileDays(calendar.windows),
    holidays: new Set(calendar.holidays.map((day) => Date.parse(day) / DAY_MS)),
    absences: mergeIntervals(
      calendar.absences.map(({ from_at, until_at }) => ({ start: Date.parse(from_at), end: Date.parse(until_at) })),
    ),
  }
}

function compileDays(windows: WorkingWindow[]): Interval[][] {
  const days: Interval[][] = WEEKDAYS.map(() => [])
  for (const { weekdays, from, to } of windows) {
    const [start, end] = [toMilliseconds(from), toMilliseconds(to)]
    for (const weekday of weekdays) {
      const day = WEEKDAYS.indexOf(weekday)
      days[day]?.push({ start, end: end > start ? end : DAY_MS })
      if (end <= start) days[(day + 1) % WEEKDAYS.length]?.push({ start: 0, end })
    }
  }
  return days.map(mergeIntervals)
}

function toMilliseconds(time: string): number {
  return (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * MINUTE_MS
}

/** Open spans of a local day (days since 1970-01-01), in milliseconds since its midnight. */
export function spansOfDay({ days, holidays }: CompiledCalendar, day: number): readonly Interval[] {
  if (holidays.size > 0 && holidays.has(day)) return []
  // 1970-01-01 was a Thursday.
  return days[(((day + 3) % 7) + 7) % 7] ?? []
}

/** Every hour of every day. */
export const ALL_WEEK: WorkingWindow[] = [{ weekdays: [...WEEKDAYS], from: '00:00', to: '24:00' }]

/** A calendar that is always open: business time is then plain time. */
export const ALWAYS_OPEN: CompiledCalendar = compileCalendar({
  time_zone: 'UTC',
  windows: ALL_WEEK,
  holidays: [],
  absences: [],
})
