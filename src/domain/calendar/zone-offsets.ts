// How far the clocks of a zone are from UTC, and since when. The zone list of Node knows it, but asking costs 3 us a
// time; about a year of a zone is therefore asked once and kept as the few moments at which the clocks change.

/** From `since` on (epoch milliseconds) local time is UTC plus `offset` milliseconds. */
export interface OffsetSpan {
  readonly since: number
  readonly offset: number
}

const DAY_MS = 86_400_000
/**
 * Distance of the samples. Of all zones between 1970 and 2040, the two closest changes are seven days apart
 * (America/Recife, October 2000), so that no pair of changes hides between two samples.
 */
const SAMPLE_MS = 3 * DAY_MS
/** What is read at once: about a year, 0.4 ms. */
const PAGE_MS = 120 * SAMPLE_MS
/** Pages that a zone keeps: thirty years, so that odd requests cannot fill the memory. */
const MOST_PAGES = 30

const clocks = new Map<string, Intl.DateTimeFormat>()
const pagesOf = new Map<string, Map<number, readonly OffsetSpan[]>>()

/** Offset of the zone at a moment, in milliseconds. */
export function offsetAt(zone: string, at: number): number {
  const spans = offsetsOfPage(zone, Math.floor(at / PAGE_MS))
  let i = spans.length - 1
  while (i > 0 && (spans[i] as OffsetSpan).since > at) i--
  return (spans[i] as OffsetSpan).offset
}

/** The first moment of a day of the zone, given as the midnight of that day in UTC; where clocks skip midnight, the moment at which they do. */
export function startOfDay(zone: string, midnight: number): number {
  const guess = midnight - offsetAt(zone, midnight)
  const start = midnight - offsetAt(zone, guess)
  return start + offsetAt(zone, start) === midnight ? start : Math.max(guess, start)
}

/** Offsets from `from` to `to` (excluded) in order; the first begins at `from`, each other one where the clocks change. */
export function offsetsBetween(zone: string, from: number, to: number): OffsetSpan[] {
  const found: OffsetSpan[] = [{ since: from, offset: offsetAt(zone, from) }]
  for (let page = Math.floor(from / PAGE_MS); page * PAGE_MS < to; page++) {
    for (const span of offsetsOfPage(zone, page)) {
      const last = found.at(-1) as OffsetSpan
      if (span.since > from && span.since < to && span.offset !== last.offset) found.push(span)
    }
  }
  return found
}

/** Spans of a page; the first begins with the page. */
function offsetsOfPage(zone: string, page: number): readonly OffsetSpan[] {
  const pages = pagesOf.get(zone) ?? new Map<number, readonly OffsetSpan[]>()
  const known = pages.get(page)
  if (known !== undefined) return known
  pagesOf.set(zone, pages)
  const spans = readPage(zone, page * PAGE_MS)
  if (pages.size >= MOST_PAGES) pages.clear()
  pages.set(page, spans)
  return spans
}

function readPage(zone: string, start: number): OffsetSpan[] {
  const spans: OffsetSpan[] = [{ since: start, offset: readOffset(zone, start) }]
  for (let sample = start; sample < start + PAGE_MS; sample += SAMPLE_MS) {
    const next = sample + SAMPLE_MS
    const offset = readOffset(zone, next)
    const before = (spans.at(-1) as OffsetSpan).offset
    if (offset !== before) spans.push({ since: findChange(zone, sample, next, before), offset })
  }
  return spans
}

/** The second at which the offset stops being `before`; it is that at `low` and another one at `high`. */
function findChange(zone: string, low: number, high: number, before: number): number {
  let [last, first] = [low, high]
  while (first - last > 1000) {
    const middle = last + Math.floor((first - last) / 2000) * 1000
    if (readOffset(zone, middle) === before) last = middle
    else first = middle
  }
  return first
}

const READING = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/

function readOffset(zone: string, at: number): number {
  const [, month = 1, day = 1, year = 0, hour = 0, minute = 0, second = 0] =
    READING.exec(clockOf(zone).format(at)) ?? []
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) - at
}

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone)
  if (known !== undefined) return known
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  clocks.set(zone, clock)
  return clock
}
