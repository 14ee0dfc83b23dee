// What a calendar may look like. Faults name the part by a JSON pointer, so that whoever takes calendars from outside can
// say what is wrong where; a calendar without faults can always be compiled.
import { isMoment } from '../condition/moment.ts'
import { normalizeTimeZone } from '../normalize/time-zone.ts'
import { type Calendar, WEEKDAYS } from './calendar.ts'

/** Four blocks a day, each written for itself, and as many again. */
export const MAX_WINDOWS = 56
/** Ten years of the country with most holidays. */
export const MAX_HOLIDAYS = 400
export const MAX_ABSENCES = 400

export interface CalendarFault {
  pointer: string
  code: 'unknown_time_zone' | 'unknown_weekday' | 'invalid_time' | 'invalid_date' | 'invalid_format' | 'invalid_range'
  detail: string
}

const TIME = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/

/** All faults of a calendar, in its order. */
export function calendarFaults(calendar: Calendar): CalendarFault[] {
  const faults: CalendarFault[] = []
  const add = (pointer: string, code: CalendarFault['code'], detail: string) => faults.push({ pointer, code, detail })
  if (normalizeTimeZone(calendar.time_zone) !== calendar.time_zone)
    add('/time_zone', 'unknown_time_zone', 'Not the IANA name of a time zone, such as Europe/Berlin.')
  for (const [i, { weekdays, from, to }] of calendar.windows.entries()) {
    const at = `/windows/${i}`
    if (weekdays.length === 0 || weekdays.some((day) => !WEEKDAYS.includes(day)))
      add(`${at}/weekdays`, 'unknown_weekday', `One or more of ${WEEKDAYS.join(', ')}.`)
    if (!TIME.test(from)) add(`${at}/from`, 'invalid_time', 'A time of the day as HH:MM, 00:00 to 23:59.')
    if (!TIME.test(to) && to !== '24:00') add(`${at}/to`, 'invalid_time', 'A time of the day as HH:MM, up to 24:00.')
    if (from === to) add(`${at}/to`, 'invalid_range', 'Ends when it begins; a whole day is 00:00 to 24:00.')
  }
  for (const [i, day] of calendar.holidays.entries()) {
    if (!isMoment(day, 'date')) add(`/holidays/${i}`, 'invalid_date', 'A day of the calendar as YYYY-MM-DD.')
  }
  for (const [i, { from_at, until_at }] of calendar.absences.entries()) {
    const [from, until] = [Date.parse(from_at), Date.parse(until_at)]
    if (Number.isNaN(from))
      add(`/absences/${i}/from_at`, 'invalid_format', 'A moment such as 2026-12-24T00:00:00.000Z.')
    if (Number.isNaN(until))
      add(`/absences/${i}/until_at`, 'invalid_format', 'A moment such as 2026-12-24T00:00:00.000Z.')
    if (until <= from) add(`/absences/${i}/until_at`, 'invalid_range', 'Ends before it begins.')
  }
  return faults
}
