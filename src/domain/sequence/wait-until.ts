// When a wait is over. A wait is measured from the moment at which the lead came to it; facts that change meanwhile (a
// date that is moved, a condition that comes true) count as they are now.

import { startOfDay } from '../calendar/zone-offsets.ts'
import type { ConditionFacts } from '../condition/condition-facts.ts'
import { matchesCondition, seeValue } from '../condition/evaluate-condition.ts'
import { nextTimeChange } from '../condition/next-change.ts'
import type { CompiledSequence } from './compile-sequence.ts'
import { nextInWindow } from './local-window.ts'
import type { WaitStep } from './sequence.ts'

export type WaitVerdict =
  | { readonly over: true; readonly timedOut: boolean }
  /** Not before this moment; null only ends by something that happens to the lead. */
  | { readonly over: false; readonly due_at: Date | null }

export interface WaitFacts {
  readonly lead: ConditionFacts
  /** IANA name: the lead's, else the workspace's. */
  readonly timeZone: string
}

/** Whether a wait that began at `since` is over at `now`, and when to look again. */
export function judgeWait(
  sequence: CompiledSequence,
  wait: WaitStep,
  facts: WaitFacts,
  since: Date,
  now: Date,
): WaitVerdict {
  if (wait.kind === 'until_condition') return judgeCondition(sequence, wait, facts, since, now)
  const end =
    wait.kind === 'until_date' ? endOfDate(sequence, wait, facts, since, now) : later(since, wait.seconds ?? 0)
  return judgeMoment(wait, facts, end, now, false)
}

function judgeCondition(
  sequence: CompiledSequence,
  wait: WaitStep,
  facts: WaitFacts,
  since: Date,
  now: Date,
): WaitVerdict {
  const condition = wait.condition === null ? null : sequence.conditionOf(wait.condition)
  if (condition !== null && matchesCondition(condition, facts.lead, now))
    return judgeMoment(wait, facts, now, now, false)
  const timeout = wait.timeout_seconds === null ? null : later(since, wait.timeout_seconds)
  if (timeout !== null && now >= timeout) return judgeMoment(wait, facts, timeout, now, true)
  const turn = condition === null ? null : nextTimeChange(condition, facts.lead, now)
  return { over: false, due_at: earliest(timeout, turn) }
}

/** What has to be waited for is over at `end`; then the window. */
function judgeMoment(wait: WaitStep, facts: WaitFacts, end: Date, now: Date, timedOut: boolean): WaitVerdict {
  const reached = end > now ? end : now
  const at = wait.window === null ? end : nextInWindow(wait.window, facts.timeZone, reached)
  return at <= now ? { over: true, timedOut } : { over: false, due_at: at }
}

function endOfDate(sequence: CompiledSequence, wait: WaitStep, facts: WaitFacts, since: Date, now: Date): Date {
  const field = wait.field === null ? undefined : sequence.fieldOf(wait.field)
  const value = field === undefined ? null : seeValue(field.type, facts.lead.read(field, now))
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (Number.isNaN(at)) return since
  const seconds = wait.seconds ?? 0
  if (field?.type !== 'date') return later(new Date(at), seconds)
  // A day is that of the person, and so many days before or after it are days of their calendar, not of 24 hours.
  const days = Math.floor(seconds / DAY_SECONDS)
  const midnight = startOfDay(facts.timeZone, at + days * DAY_SECONDS * 1000)
  return later(new Date(midnight), seconds - days * DAY_SECONDS)
}

const DAY_SECONDS = 86_400

/** The last moment that has a year of four digits: storage and wire know no later one. */
const LAST_MOMENT = Date.parse('9999-12-31T23:59:59.999Z')

function later(from: Date, seconds: number): Date {
  return new Date(Math.min(from.getTime() + seconds * 1000, LAST_MOMENT))
}

/** The earliest of moments, null when there is none before the years of five digits. */
export function earliest(...moments: (Date | null)[]): Date | null {
  const first = Math.min(...moments.map((at) => at?.getTime() ?? Infinity))
  return first > LAST_MOMENT ? null : new Date(first)
}
