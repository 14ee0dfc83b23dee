// Capacities of a day and a week are those of the seller's own calendar: the day that the wall shows, weeks from Monday.

const DAY_MS = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** The local day of a moment in a zone, `2026-11-22`. */
export function dayIn(zone: string, at: number): string {
  if (zone === 'UTC') return new Date(at).toISOString().slice(0, 10)
  let format = formats.get(zone)
  if (format === undefined) {
    // Swedish writes dates as ISO 8601 does.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
    formats.set(zone, format)
  }
  return format.format(at)
}

/** The Monday of the week of a day. */
export function mondayOf(day: string): string {
  const days = Date.parse(day) / DAY_MS
  // 1970-01-01 was a Thursday.
  return new Date((days - ((((days + 3) % 7) + 7) % 7)) * DAY_MS).toISOString().slice(0, 10)
}
