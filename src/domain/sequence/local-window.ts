// The next moment at which a person's own clock stands inside a window of the week.
import { findNextOpening } from '../calendar/business-time.ts'
import { type CompiledCalendar, compileCalendar, type WorkingWindow } from '../calendar/calendar.ts'

/** `at` itself when it is inside the window, else when the window opens next. */
export function nextInWindow(window: WorkingWindow, timeZone: string, at: Date): Date {
  const opening = findNextOpening(calendarOf(window, timeZone), at.getTime())
  // A window that never opens is refused when it is saved.
  return opening === null ? at : new Date(opening)
}

const compiled = new WeakMap<WorkingWindow, Map<string, CompiledCalendar>>()

/** Published windows are the same objects every time, and people live in some forty zones. */
function calendarOf(window: WorkingWindow, timeZone: string): CompiledCalendar {
  const known = compiled.get(window) ?? new Map<string, CompiledCalendar>()
  compiled.set(window, known)
  const calendar =
    known.get(timeZone) ?? compileCalendar({ time_zone: timeZone, windows: [window], holidays: [], absences: [] })
  known.set(timeZone, calendar)
  return calendar
}
