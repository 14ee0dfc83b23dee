// Whether a seller is there at a moment: not absent, within the working hours of their own zone, no holiday. The answer
// says until when it holds, so that asking again for the next lead costs a comparison.
import { findNextOpening, isOpenAt, openIntervals } from '../calendar/business-time.ts'
import { ALL_WEEK, ALWAYS_OPEN, type CompiledCalendar, compileCalendar, DAY_MS } from '../calendar/calendar.ts'
import { coversMoment } from '../calendar/intervals.ts'
import type { Seller } from './seller.ts'

export interface Presence {
  state: 'present' | 'absent' | 'off_hours'
  /** When the seller is there again, epoch milliseconds; null when present, or not within ten years. */
  until: number | null
}

interface KnownPresence extends Presence {
  from: number
  /** First moment at which the answer may be another. */
  to: number
}

export interface Availability {
  /** Null: always there. */
  readonly calendar: CompiledCalendar | null
  known: KnownPresence | null
}

/** Far enough that the end of the present block is seen: no block is longer than a week without being without end. */
const LOOK_MS = 8 * DAY_MS

/** Makes the hours of a seller ready; `zone` is that of the workspace. */
export function compileAvailability(
  { time_zone, working_hours, absences }: Pick<Seller, 'time_zone' | 'working_hours' | 'absences'>,
  holidays: readonly string[],
  zone: string,
): Availability {
  if (working_hours.length === 0 && absences.length === 0 && holidays.length === 0) {
    return { calendar: null, known: null }
  }
  const calendar = compileCalendar({
    time_zone: time_zone ?? zone,
    windows: working_hours.length === 0 ? ALL_WEEK : working_hours,
    holidays: [...holidays],
    absences,
  })
  return { calendar, known: null }
}

/** Whether the seller is there. */
export function presenceAt(availability: Availability, now: number): Presence {
  const { known } = availability
  if (known !== null && known.from <= now && now < known.to) return known
  const presence = readPresence(availability.calendar ?? ALWAYS_OPEN, now)
  availability.known = presence
  return presence
}

function readPresence(calendar: CompiledCalendar, now: number): KnownPresence {
  if (calendar === ALWAYS_OPEN) return { state: 'present', until: null, from: -Infinity, to: Infinity }
  if (isOpenAt(calendar, now)) {
    const to = openIntervals(calendar, now, now + LOOK_MS)[0]?.end ?? now
    return { state: 'present', until: null, from: now, to }
  }
  const until = findNextOpening(calendar, now)
  const isAbsent = coversMoment(calendar.absences, now)
  // An absence may end within off hours: the reason changes before the seller is back.
  const end = isAbsent ? (calendar.absences.find((absence) => absence.end > now)?.end ?? now) : Infinity
  const next = isAbsent ? end : (calendar.absences.find((absence) => absence.start > now)?.start ?? Infinity)
  return { state: isAbsent ? 'absent' : 'off_hours', until, from: now, to: Math.min(until ?? Infinity, end, next) }
}
