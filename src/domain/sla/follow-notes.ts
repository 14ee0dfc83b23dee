// What happened to an assignment is noted with its moment, and judged later by the one worker that knows the policy: the
// verdict is the same however late the worker comes. A breach counts even if the target was met afterwards; a rung of the
// ladder is only climbed while its target is still missed.
import type { CompiledCalendar } from '../calendar/calendar.ts'
import { advanceClock, meetTargets, type SlaClock, setPaused } from './sla-clock.ts'
import { isPausedBy, planSla, type SlaDefinition, type SlaEvent, type SlaTarget } from './sla-policy.ts'

/** One fact about an assignment: the lead's state from a moment on, or targets that were met at it. */
export interface SlaNote {
  /** Epoch milliseconds. */
  at: number
  state?: { status: string; stage_key: string }
  met?: SlaTarget[]
}

export interface Followed {
  clock: SlaClock
  happened: SlaEvent[]
}

/** Moves a clock through its notes and on to `now`, which is its end when `ended`. */
export function followNotes(
  definition: SlaDefinition,
  calendar: CompiledCalendar,
  start: SlaClock,
  notes: readonly SlaNote[],
  { now, ended }: { now: number; ended: boolean },
): Followed {
  const plan = planSla(definition)
  const happened: SlaEvent[] = []
  let clock = start
  const advance = (to: number) => {
    const step = advanceClock(clock, plan, calendar, to)
    happened.push(...step.happened)
    clock = step.clock
  }
  // A first response may be recorded after the fact, so notes are not always written in their order.
  for (const note of [...notes].sort((a, b) => a.at - b.at)) {
    const at = Math.min(note.at, now)
    advance(at)
    if (note.met !== undefined) clock = meetTargets(clock, note.met)
    if (note.state !== undefined) clock = setPaused(clock, isPausedBy(definition, note.state), calendar, at)
  }
  advance(now)
  const isOpen = (event: SlaEvent) => !ended && !clock.met.includes(event.target)
  return { clock, happened: happened.filter((event) => event.kind !== 'escalated' || isOpen(event)) }
}
