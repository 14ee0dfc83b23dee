// When an event happened. Senders queue, retry and have wrong clocks: what comes late counts at its own time as long as
// raw events of that time are kept; a clock that is a little ahead is set right; anything else is refused, because a
// wrong time would spoil windows and decay without anybody noticing.
import { DAY_MS, parseSpan } from '../condition/moment.ts'

/** Clocks of well-kept servers differ by less; what is ahead by no more counts as "now". */
export const CLOCK_AHEAD_MS = 300_000

export type Placement = { ok: true; at: number } | { ok: false; code: string; detail: string }

/** The time of an event in epoch milliseconds; `claimed` is what the sender says, null means now. */
export function placeInTime(claimed: string | null, now: Date, keptFrom: number): Placement {
  if (claimed === null) return { ok: true, at: now.getTime() }
  const start = readInstant(claimed)
  if (start === undefined) return { ok: false, code: 'invalid_format', detail: 'Not a real moment.' }
  const ahead = start - now.getTime()
  if (ahead > CLOCK_AHEAD_MS) {
    return {
      ok: false,
      code: 'in_future',
      detail: `Is ${Math.ceil(ahead / 1000)} seconds in the future; 300 are taken.`,
    }
  }
  if (start < keptFrom) {
    const detail = `Is older than events are kept: not before ${new Date(keptFrom).toISOString().slice(0, 10)}.`
    return { ok: false, code: 'too_old', detail }
  }
  return { ok: true, at: Math.min(start, now.getTime()) }
}

const STORED_FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Most senders write the stored form, which is read five times as fast as all that RFC 3339 allows. */
function readInstant(text: string): number | undefined {
  if (STORED_FORM.test(text)) {
    const at = Date.parse(text)
    // Date rolls 30 February over to March; a day that rolled over was not a real one.
    if (!Number.isNaN(at) && new Date(at).toISOString() === text) return at
  }
  return parseSpan(text.toUpperCase(), 'timestamp')?.start
}

/** The first moment whose raw events are kept: the beginning of the month in which the retention ends. */
export function keptFrom(now: Date, retentionDays: number): number {
  const end = new Date(now.getTime() - retentionDays * DAY_MS)
  return Date.UTC(end.getUTCFullYear(), end.getUTCMonth(), 1)
}
