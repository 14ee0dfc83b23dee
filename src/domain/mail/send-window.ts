// When a marketing mail may reach a person: not in the quiet hours of the person's own day, and not more often than the
// caps allow. The answer is a moment, never "no": what is too early waits. Hours are hours of the wall clock, so days of
// 23 and 25 hours need no rule of their own.

/** Hours of the day (0-24) between which nothing is sent; 21 to 8 goes over midnight. */
export interface QuietHours {
  from_hour: number
  to_hour: number
  /** Whole days without mail: 1 Monday to 7 Sunday. */
  quiet_days: number[]
}

/** At most `count` mails in any `days` times 24 hours. */
export interface FrequencyCap {
  count: number
  days: number
}

/** What says at which times mail may go. */
export interface TimeRules {
  quiet_hours: QuietHours | null
  caps: readonly FrequencyCap[]
}

export interface SendRules extends TimeRules {
  /** For so many days a mail is about the moment that it was for. */
  valid_days: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Every quiet time ends within eight days, since a day without quiet hours has to be allowed by the settings. */
const LONGEST_SEARCH_HOURS = 24 * 9

/**
 * Mail that was due before this moment and has not left is out of date. A wait that our rules ask for moves the moment at
 * which a mail is due; only what stood still (a pause after complaints, a service that was down) does not.
 */
export const outOfDateBefore = ({ valid_days }: Pick<SendRules, 'valid_days'>, now: Date): Date =>
  new Date(now.getTime() - valid_days * DAY_MS)

/** The earliest moment from `now` on at which the rules let a mail go; `handedAt` are the mails that the person got. */
export function earliestSend(rules: TimeRules, handedAt: readonly Date[], timeZone: string, now: Date): Date {
  const free = afterCaps(rules.caps, handedAt, now)
  return rules.quiet_hours === null ? free : afterQuiet(rules.quiet_hours, timeZone, free)
}

/** The caps together: after the latest moment at which one of them lets the next mail go. */
function afterCaps(caps: readonly FrequencyCap[], handedAt: readonly Date[], now: Date): Date {
  const times = handedAt.map((date) => date.getTime()).sort((a, b) => b - a)
  let free = now.getTime()
  for (const { count, days } of caps) {
    // The count-th latest mail has to leave the window before another one may go.
    const blocking = times[count - 1]
    if (blocking !== undefined) free = Math.max(free, blocking + days * DAY_MS)
  }
  return new Date(free)
}

function afterQuiet(quiet: QuietHours, timeZone: string, from: Date): Date {
  const clock = clockOf(timeZone)
  if (!isQuiet(quiet, clock(from))) return from
  // Zones differ from UTC by whole quarters of an hour; quiet times begin and end at full local hours.
  const quarter = HOUR_MS / 4
  let at = Math.floor(from.getTime() / quarter) * quarter
  const end = at + LONGEST_SEARCH_HOURS * HOUR_MS
  do at += quarter
  while (at < end && isQuiet(quiet, clock(new Date(at))))
  return new Date(at)
}

interface LocalTime {
  hour: number
  /** 1 Monday to 7 Sunday. */
  weekday: number
}

function isQuiet({ from_hour, to_hour, quiet_days }: QuietHours, { hour, weekday }: LocalTime): boolean {
  if (quiet_days.includes(weekday)) return true
  if (from_hour === to_hour) return false
  return from_hour < to_hour ? hour >= from_hour && hour < to_hour : hour >= from_hour || hour < to_hour
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const clocks = new Map<string, (date: Date) => LocalTime>()

/** Reads local time in a zone; making the formatter costs 100 times a reading, so each zone has one. */
function clockOf(timeZone: string): (date: Date) => LocalTime {
  const known = clocks.get(timeZone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', { timeZone, hour: 'numeric', hourCycle: 'h23', weekday: 'short' })
  const clock = (date: Date) => {
    const parts = Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]))
    return { hour: Number(parts['hour']), weekday: WEEKDAYS.indexOf(parts['weekday'] ?? '') + 1 }
  }
  clocks.set(timeZone, clock)
  return clock
}
