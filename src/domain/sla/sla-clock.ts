// The clock of one assignment: how much business time has passed, what has happened, what is next. It counts with the
// calendar as it is when it is asked, so an absence that is entered later still stops it. Every event happens once: the
// clock knows how far down its plan it is, and only moves on.
import { addBusinessSeconds, measureBusinessSeconds } from '../calendar/business-time.ts'
import type { CompiledCalendar } from '../calendar/calendar.ts'
import type { SlaEvent, SlaTarget } from './sla-policy.ts'

export interface SlaClock {
  /** Business milliseconds counted until `counted_from`. */
  readonly elapsed_ms: number
  /** Since when it runs (epoch milliseconds); null while it stands still. */
  readonly counted_from: number | null
  /** Events of the plan that are behind it. */
  readonly passed: number
  /** Targets that are met; nothing happens about them any more. */
  readonly met: readonly SlaTarget[]
}

/** A clock that begins now. */
export function startClock(now: number, paused: boolean): SlaClock {
  return { elapsed_ms: 0, counted_from: paused ? null : now, passed: 0, met: [] }
}

/** Business milliseconds at a moment. */
export function measureElapsed(clock: SlaClock, calendar: CompiledCalendar, now: number): number {
  if (clock.counted_from === null) return clock.elapsed_ms
  return clock.elapsed_ms + Math.round(measureBusinessSeconds(calendar, clock.counted_from, now) * 1000)
}

/** When the next event falls due; null while nothing will happen by itself. */
export function findNextDue(clock: SlaClock, plan: readonly SlaEvent[], calendar: CompiledCalendar): number | null {
  const next = plan.slice(clock.passed).find(({ target }) => !clock.met.includes(target))
  return next === undefined ? null : findMoment(clock, next.at, calendar)
}

/** When so much business time will have passed; null while the clock stands still, or when nobody works for years. */
export function findMoment(clock: SlaClock, at: number, calendar: CompiledCalendar): number | null {
  if (clock.counted_from === null) return null
  return addBusinessSeconds(calendar, clock.counted_from, (at - clock.elapsed_ms) / 1000)
}

/** Moves the clock to `now`; `happened` is what fell due meanwhile, in order. */
export function advanceClock(
  clock: SlaClock,
  plan: readonly SlaEvent[],
  calendar: CompiledCalendar,
  now: number,
): { clock: SlaClock; happened: SlaEvent[] } {
  const elapsed = measureElapsed(clock, calendar, now)
  let { passed } = clock
  while (passed < plan.length && (plan[passed] as SlaEvent).at <= elapsed) passed++
  const happened = plan.slice(clock.passed, passed).filter(({ target }) => !clock.met.includes(target))
  return { clock: { ...clock, passed }, happened }
}

/** Notes that targets are met; what fell due before is the caller's to take from `advanceClock` first. */
export function meetTargets(clock: SlaClock, targets: readonly SlaTarget[]): SlaClock {
  const added = targets.filter((target) => !clock.met.includes(target))
  return added.length === 0 ? clock : { ...clock, met: [...clock.met, ...added] }
}

/** Stops the clock, or lets it run again. */
export function setPaused(clock: SlaClock, paused: boolean, calendar: CompiledCalendar, now: number): SlaClock {
  if (paused === (clock.counted_from === null)) return clock
  if (!paused) return { ...clock, counted_from: now }
  return { ...clock, elapsed_ms: measureElapsed(clock, calendar, now), counted_from: null }
}
