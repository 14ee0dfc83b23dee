// A moment is compared as text in its one stored form: `2024-05-01T10:00:00.000Z` or `2024-05-01`. Text of one form
// sorts like time, in JavaScript and in PostgreSQL, and a comparison of texts can never fail, whatever was stored.
// Text of any other form, or of a day that no calendar has, is no moment.

export const DAY_MS = 86_400_000

const LEAP_YEAR = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)'
const DAY =
  '(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|' +
  `02-(?:0[1-9]|1[0-9]|2[0-8]))|${LEAP_YEAR}-02-29)`
const TIME = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]'

/** Exactly the stored forms, in a syntax that JavaScript and PostgreSQL read alike. */
export const MOMENT_PATTERN = { date: `^${DAY}$`, timestamp: `^${DAY}T${TIME}[.][0-9]{3}Z$` } as const

export type MomentType = keyof typeof MOMENT_PATTERN

/** A question about the age of a moment, in days. */
export interface RecencyTest {
  readonly kind: 'within_days' | 'older_than_days'
  readonly days: number
  readonly type: MomentType
}

const STORED = { date: new RegExp(MOMENT_PATTERN.date), timestamp: new RegExp(MOMENT_PATTERN.timestamp) }
// RFC 3339 with capital T and Z; digits after the third of a second's fraction are dropped, for nothing stores them.
const RFC_3339 = new RegExp(`^(${DAY})T(${TIME})(?:[.]([0-9]{1,9}))?(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))$`)

// PostgreSQL has no year 0, and the end of a day of 9999 has five digits: beyond these no bound could be written.
const EARLIEST = Date.parse('0001-01-01T00:00:00.000Z')
const LATEST = Date.parse('9999-01-01T00:00:00.000Z')

/** Whether text is a stored date or timestamp. */
export function isMoment(text: string, type: MomentType): boolean {
  return STORED[type].test(text)
}

/** Epoch milliseconds in stored form; a date is the UTC day. */
export function formatMoment(epoch: number, type: MomentType): string {
  const text = new Date(epoch).toISOString()
  return type === 'date' ? text.slice(0, 10) : text
}

/** A span of time: start included, end excluded, epoch milliseconds. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** The day or millisecond that a value of a condition names, or undefined when it is none of the years 1 to 9998. */
export function parseSpan(text: string, type: MomentType): Span | undefined {
  const day = isMoment(text, 'date')
  if (type === 'date' && !day) return undefined
  const start = day ? Date.parse(text) : parseInstant(text)
  if (start === undefined || start < EARLIEST || start >= LATEST) return undefined
  return { start, end: start + (day ? DAY_MS : 1) }
}

function parseInstant(text: string): number | undefined {
  const parts = RFC_3339.exec(text)
  if (!parts) return undefined
  const [, day, time, fraction = '', sign, hours = 0, minutes = 0] = parts
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000
  return Date.parse(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`) - (sign === '-' ? -offset : offset)
}

/** How long ago a stored moment was, in milliseconds; for a date in whole UTC days. Negative in the future. */
export function measureAge(text: string, type: MomentType, now: Date): number {
  return startOf(now, type) - Date.parse(text)
}

/** From (included) to (excluded) of within_days or older_than_days at `now`, in stored form. */
export function spanOfDays({ kind, days, type }: RecencyTest, now: Date): { from: string | null; to: string } {
  const current = startOf(now, type)
  const oldest = formatMoment(current - days * DAY_MS, type)
  if (kind === 'older_than_days') return { from: null, to: oldest }
  return { from: oldest, to: formatMoment(current + unitOf(type), type) }
}

/** Epoch milliseconds of the moment of this type that `now` lies in. */
function startOf(now: Date, type: MomentType): number {
  return Math.floor(now.getTime() / unitOf(type)) * unitOf(type)
}

/** How long a moment of this type lasts, in milliseconds. */
export function unitOf(type: MomentType): number {
  return type === 'date' ? DAY_MS : 1
}
